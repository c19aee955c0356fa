import { describe, expect, it } from 'vitest';
import type { Letter } from '../../../src/core/benchmark/types.ts';
import type { Change } from '../../../src/core/images/changes/change.ts';
import { USUAL_STROKE } from '../../../src/core/images/marks/mark.ts';
import type { ResultRecord } from '../../../src/core/records/record.ts';
import { probeGrids, probesCsv } from '../../../src/core/reports/probe-tables.ts';
import { indexRecords } from '../../../src/core/statistics/counts.ts';
import { probesOf } from '../../../src/core/statistics/probes.ts';
import { summarise } from '../../../src/core/statistics/summary.ts';
import { failed, mediconfusion, policy } from './fixtures.ts';

const whole = mediconfusion();
const benchmark = { ...whole, pairs: whole.pairs.slice(0, 4) };
const [first] = benchmark.pairs;
if (!first) throw new Error('no pair');

const MARKED: readonly Change[] = [
  { kind: 'marks', marks: [{ kind: 'point', x: 1, y: 1, ...USUAL_STROKE }], place: { kind: 'own' } },
];

/** Records of a method for the eight questions, right ('r') or wrong ('w'), with a margin towards the right option. */
function asked(method: string, how: string, margin: number, changes?: readonly Change[]): ResultRecord[] {
  const at = (p: { id: string }, i: number): string =>
    how[benchmark.pairs.findIndex((x) => x.id === p.id) * 2 + i - 1] ?? '-';
  const other = (l: Letter): Letter => (l === 'A' ? 'B' : 'A');
  const right = (p: (typeof benchmark.pairs)[number], i: 1 | 2): Letter => p.images[i === 1 ? 0 : 1].right;
  const made = policy(benchmark, method, (p, i) => (at(p, i) === 'r' ? right(p, i) : other(right(p, i))));
  const score = (s: number) => ({ score: s, sum: s, tokens: [], tokenLogprobs: [] });
  return made.map((r): ResultRecord => {
    if (r.status !== 'scored') return r;
    const options = r.right === 'A' ? { A: score(margin - 1), B: score(-1) } : { A: score(-1), B: score(margin - 1) };
    return { ...r, options, margin: Math.abs(margin), ...(changes ? { changes } : {}) };
  });
}

describe('probes', () => {
  it('say how rates, answers and margins move, on the pairs that have both', () => {
    const records = [...asked('gd', 'rrrwwrww', 0.5), ...asked('gd+marks', 'rrrrwrrw', 0.75, MARKED)];
    expect(probesOf(benchmark, indexRecords(records))).toEqual({
      gd: [
        {
          condition: 'marks',
          family: 'marks',
          pairs: 4,
          set: { plain: 25, probed: 50 },
          individual: { plain: 50, probed: 75 },
          confusion: { plain: 50, probed: 50 },
          changed: { share: 25, of: 8 },
          margin: { mean: 0.25, plain: 0.5, low: 0.25, high: 0.25, questions: 8 },
          followsMark: { share: 75, of: 8 },
          followsText: null,
        },
      ],
    });
  });
  it('leave out pairs that failed under the probe, and count no mark that is not shown', () => {
    const marked = asked('gd+marks', 'rrrrrrrr', 1).filter((r) => r.pair !== first.id);
    const [found] =
      probesOf(benchmark, indexRecords(asked('gd', 'rrrrrrrr', 1), marked, [failed(first, 1, 'gd+marks')]))['gd'] ?? [];
    expect(found).toMatchObject({ pairs: 3, set: { plain: 100, probed: 100 }, followsMark: null });
  });
  it('count who follows a mark on the wrong side, and who follows a text', () => {
    const records = [
      ...asked('gd', 'rrrrrrrr', 1),
      ...asked('gd+marks-wrong-side', 'wwrrrrrr', -1, MARKED),
      ...asked('gd+text-right', 'rrrrrrrw', 2, [{ kind: 'caption', text: 'x' }]),
      ...asked('gd+noise', 'rrrrrrww', 1, [{ kind: 'noise', sigma: 8, seed: '' }]),
    ];
    expect(probesOf(benchmark, indexRecords(records))['gd']).toMatchObject([
      { condition: 'marks-wrong-side', followsMark: { share: 25, of: 8 }, followsText: null, margin: { mean: -2 } },
      { condition: 'text-right', followsMark: null, followsText: { share: 87.5, of: 8 } },
      { condition: 'noise', changed: { share: 25, of: 8 }, followsMark: null, followsText: null },
    ]);
  });
  it('judge a flipped image by what the record says is right', () => {
    const flip: readonly Change[] = [{ kind: 'flip' }];
    const turned = asked('gd+flip', 'wwwwwwww', -1, flip).map((r): ResultRecord =>
      r.status === 'scored' ? { ...r, right: r.right === 'A' ? 'B' : 'A', correct: true } : r,
    );
    const [found] = probesOf(benchmark, indexRecords(asked('gd', 'rrrrrrrr', 1), turned))['gd'] ?? [];
    expect(found).toMatchObject({ set: { plain: 100, probed: 100 }, changed: { share: 100 }, margin: { mean: 0 } });
  });
  it('leave the numbers of the plain questions, and the table of sensitivity, as they were', () => {
    const plain = asked('gd', 'rrrwwrww', 0.5);
    const before = summarise(benchmark, plain);
    const after = summarise(benchmark, [...plain, ...asked('gd+jpeg-50', 'rrrrrrrr', 1)]);
    expect(after.methods['gd']).toEqual(before.methods['gd']);
    expect(after.best).toEqual(before.best);
    expect(after.sensitivity).toBeUndefined();
    expect(before.probes).toBeUndefined();
  });
});

describe('the tables of probes', () => {
  const records = [...asked('gd', 'rrrwwrww', 0.5), ...asked('gd+marks', 'rrrrwrrw', 0.75, MARKED)];
  it('print the rates with their change', () => {
    const [grid] = probeGrids(probesOf(benchmark, indexRecords(records)), []);
    expect(grid?.caption).toBe('Probes of the image, GD');
    expect(grid?.rows.map((r) => r.map((c) => c.text))).toEqual([
      [
        'marks',
        '4',
        '50.00 (+25.00)',
        '75.00 (+25.00)',
        '50.00 (0.00)',
        '25.00 of 8',
        '+0.2500 (+0.2500 to +0.2500)',
        '75.00 of 8',
        '-',
      ],
    ]);
  });
  it('list every question in probes.csv, and there is none without probes', () => {
    const lines = probesCsv(benchmark, records)?.split(/\r?\n/) ?? [];
    expect(lines[0]).toBe(
      'pair,image,method,probe,right,chosen,right under probe,chosen under probe,margin,margin under probe,change of margin',
    );
    expect(lines.filter((l) => l !== '')).toHaveLength(9);
    expect(probesCsv(benchmark, asked('gd', 'rrrrrrrr', 1))).toBeNull();
  });
});
