import { describe, expect, it } from 'vitest';
import type { ImageIndex, Letter, Pair } from '../../../src/core/benchmark/types.ts';
import type { ResultRecord } from '../../../src/core/records/record.ts';
import { matches, methodsOf, outcomeOf, pairRows, type PairFilter } from '../../../src/ui/shared/pairs.ts';
import { indexRecords } from '../../../src/core/statistics/counts.ts';

function record(pair: string, image: ImageIndex, method: string, chosen: Letter | null | 'fault'): ResultRecord {
  const right: Letter = image === 1 ? 'A' : 'B';
  const base = { pair, image, method, right, imageSha256: 'a'.repeat(64), notes: [] };
  if (chosen === 'fault')
    return {
      ...base,
      status: 'failed',
      chosen: null,
      correct: null,
      options: null,
      fault: { code: 'runtime', message: 'No.' },
    };
  return {
    ...base,
    status: 'scored',
    chosen,
    correct: chosen === right,
    options: null,
    mass: null,
    margin: null,
    letterVariants: null,
    text: null,
    promptTokens: 1,
  };
}
const pair = (id: string): Pair => {
  const image = (right: Letter) => ({ path: id, local: null, categories: [], right, caption: null, sha256: null });
  return { id, question: '?', options: { A: 'a', B: 'b' }, images: [image('A'), image('B')], extra: {} };
};

/** One pair a case: what gd and ps answered to its two images. */
const answers: Record<string, { gd: readonly (Letter | null | 'fault')[]; ps: readonly (Letter | null | 'fault')[] }> =
  {
    right: { gd: ['A', 'B'], ps: ['A', 'B'] },
    confused: { gd: ['A', 'A'], ps: ['A', 'A'] },
    differs: { gd: ['A', 'B'], ps: ['B', 'B'] },
    invalid: { gd: [null, 'B'], ps: [null, 'B'] },
    failed: { gd: ['fault', 'B'], ps: ['A', 'B'] },
    open: { gd: ['A'], ps: [] },
  };
const records = Object.entries(answers).flatMap(([id, methods]) =>
  Object.entries(methods).flatMap(([m, list]) => list.map((c, i) => record(id, i === 0 ? 1 : 2, m, c))),
);
const index = indexRecords(records);
const rows = pairRows({ pairs: Object.keys(answers).map(pair) }, null, index, ['gd', 'ps']);

describe('a free answer that no judge has scored', () => {
  it('is open, not invalid, so that its pair is no failure', () => {
    const unjudged = ([1, 2] as const).map((image) => ({ ...record('p', image, 'ff', null), notes: ['unjudged'] }));
    const outcome = outcomeOf(indexRecords(unjudged), 'p', 'ff');
    expect(outcome).toMatchObject({ images: ['open', 'open'], complete: false, confused: false });
  });
});

describe('questions asked differently', () => {
  it('make no pair a failure, but one that could not be scored is an error', () => {
    const plain = [record('p', 1, 'gd', 'A'), record('p', 2, 'gd', 'B')];
    const blind = [record('p', 1, 'gd+no-image', 'A'), record('p', 2, 'gd+no-image', 'A')];
    const of = (more: readonly ResultRecord[]) =>
      pairRows({ pairs: [pair('p')] }, null, indexRecords([...plain, ...more]), ['gd', 'gd+no-image'])[0];
    const filters = (more: readonly ResultRecord[]) => {
      const row = of(more);
      return (['failures', 'confused', 'different', 'errors'] as const).filter((f) => row && matches(row, f));
    };
    expect(filters(blind)).toEqual([]);
    expect(filters([record('p', 1, 'gd+no-image', 'fault')])).toEqual(['errors']);
  });
});

describe('pairs of a run', () => {
  it.each<[PairFilter, readonly string[]]>([
    ['all', ['right', 'confused', 'differs', 'invalid', 'failed', 'open']],
    ['failures', ['confused', 'differs', 'invalid']],
    ['confused', ['confused', 'differs']],
    ['errors', ['failed']],
    ['different', ['differs']],
  ])('%s shows %j', (filter, ids) => {
    expect(rows.filter((r) => matches(r, filter)).map((r) => r.pair.id)).toEqual(ids);
  });

  it('tells right, wrong, invalid, failed and open apart', () => {
    expect(outcomeOf(index, 'confused', 'gd').images).toEqual(['right', 'wrong']);
    expect(outcomeOf(index, 'invalid', 'gd').images).toEqual(['invalid', 'right']);
    expect(outcomeOf(index, 'failed', 'gd').images).toEqual(['failed', 'right']);
    expect(outcomeOf(index, 'open', 'gd').images).toEqual(['right', 'open']);
  });

  it('takes the later of two records of the same question', () => {
    const twice = indexRecords([record('x', 1, 'gd', 'A')], [record('x', 1, 'gd', 'B')]);
    expect(twice.size).toBe(1);
    expect(outcomeOf(twice, 'x', 'gd').images[0]).toBe('wrong');
  });

  it('puts methods in the order of the paper, others behind', () => {
    const some = ['zeta', 'ps-official', 'gd', 'mc'].map((m) => record('x', 1, m, 'A'));
    expect(methodsOf(some)).toEqual(['mc', 'gd', 'ps-official', 'zeta']);
  });

  it('keeps the row of a pair about which nothing new is known', () => {
    const pairs = Object.keys(answers).map(pair);
    const first = pairRows({ pairs }, null, index, ['gd', 'ps']);
    const more = indexRecords(records, [record('open', 2, 'gd', 'B')]);
    const second = pairRows({ pairs }, null, more, ['gd', 'ps'], first);
    expect(second.map((r, i) => r === first[i])).toEqual([true, true, true, true, true, false]);
    expect(second.at(-1)?.outcomes['gd']?.complete).toBe(true);
  });

  it('shows only the first pairs of a limited run', () => {
    expect(pairRows({ pairs: Object.keys(answers).map(pair) }, 2, index, ['gd'])).toHaveLength(2);
  });
});
