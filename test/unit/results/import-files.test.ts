import { describe, expect, it } from 'vitest';
import type { Benchmark } from '../../../src/core/benchmark/types.ts';
import { bestFit, officialIds, readOfficialFiles, type TextFile } from '../../../src/core/exchange/import-files.ts';
import { mediconfusion } from '../statistics/fixtures.ts';

const whole = mediconfusion();
const two: Benchmark = { ...whole, pairs: whole.pairs.slice(0, 2) };
const ids = two.pairs.map((p) => p.id);
const a = { full_answer: 'A', A: 10, B: 0 };
const file = (name: string, of: readonly string[] = ids): TextFile => ({
  name,
  text: JSON.stringify(Object.fromEntries(of.map((id) => [id, { answer: { im1: a, im2: a } }])), null, 1),
});

describe('several official files', () => {
  it('of one key are one run, in the order of the methods, each problem with its file', () => {
    const [first = ''] = ids;
    const { runs, faults } = readOfficialFiles([file('m_prefix.json'), file('m_mc.json', [first])], two);
    expect(faults).toEqual([]);
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({ key: 'm', methods: ['mc', 'ps-official'] });
    expect(runs[0]?.files.map((f) => [f.name, f.imported.taken])).toEqual([
      ['m_mc.json', 1],
      ['m_prefix.json', 2],
    ]);
    expect(runs[0]?.records.map((r) => `${r.method} ${r.status}`)).toEqual([
      ...['mc scored', 'mc scored', 'mc failed', 'mc failed'],
      ...Array.from({ length: 4 }, () => 'ps-official scored'),
    ]);
    expect(runs[0]?.problems.map((p) => p.place)).toEqual(['m_mc.json, line 1']);
  });

  it('of several keys are several runs', () => {
    const { runs } = readOfficialFiles([file('m_mc.json'), file('n_mc.json'), file('m_greedy.json')], two);
    expect(runs.map((r) => [r.key, r.methods])).toEqual([
      ['m', ['mc', 'gd']],
      ['n', ['mc']],
    ]);
  });

  it('that cannot be read are named, and the others are taken', () => {
    const { runs, faults } = readOfficialFiles(
      [file('m_mc.json'), { name: 'm_greedy.json', text: '{\n"a"' }, file('answers.json'), file('m_mc (1).json')],
      two,
    );
    expect(runs.map((r) => r.methods)).toEqual([['mc']]);
    expect(faults.map((f) => f.message)).toEqual([
      expect.stringMatching(/^m_greedy\.json, line 2, column 4: /),
      expect.stringMatching(/^answers\.json must be named as <model>_mc\.json/),
      'm_mc (1).json holds MC of m, and so does m_mc.json. Bring one of the two.',
    ]);
  });
});

describe('the benchmark that answers belong to', () => {
  const named = (name: string, pairs: Benchmark['pairs'], skipped: Benchmark['skipped'] = []) => ({
    benchmark: { name, pairs, skipped },
  });
  const other = named(
    'other',
    whole.pairs.map((p) => ({ ...p, id: `x${p.id}` })),
  );
  const all = named('all', whole.pairs);
  const some = named('some', two.pairs);
  it('has most of their pairs, and then the fewest others', () => {
    expect(bestFit(ids, [other, all, some])?.benchmark.name).toBe('some');
    expect(
      bestFit(
        officialIds([
          file(
            'm_mc.json',
            whole.pairs.map((p) => p.id),
          ),
        ]),
        [other, some, all],
      )?.benchmark.name,
    ).toBe('all');
    expect(bestFit([`x${ids[0] ?? ''}`, ...ids], [other, all])?.benchmark.name).toBe('all');
  });
  it('may have skipped some of them', () => {
    const skipped = named(
      'skipped',
      [],
      ids.map((pair) => ({ pair, reason: '' })),
    );
    expect(bestFit(ids, [other, skipped])?.benchmark.name).toBe('skipped');
  });
  it('is none where none knows any, and the first of equals', () => {
    expect(bestFit(['z'], [other, all])).toBeNull();
    expect(bestFit(ids, [named('newer', two.pairs), some])?.benchmark.name).toBe('newer');
  });
  it('is told by the ids of all files, those that cannot be read left out', () => {
    expect(
      officialIds([
        file('m_mc.json', ['1', '2']),
        file('m_greedy.json', ['2', '3']),
        { name: 'x', text: '{' },
        { name: 'y', text: '[]' },
      ]),
    ).toEqual(['1', '2', '3']);
  });
});
