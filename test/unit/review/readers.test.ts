import { describe, expect, it } from 'vitest';
import type { Benchmark, Pair } from '../../../src/core/benchmark/types.ts';
import { resultsFiles } from '../../../src/core/exchange/results-folder.ts';
import { readingOrder, somePairs } from '../../../src/core/readers/order.ts';
import { due, personRecords, personRunInfo, type Answer, type Session } from '../../../src/core/readers/session.ts';
import { compareRuns } from '../../../src/core/statistics/compare-runs.ts';
import { policy } from '../statistics/fixtures.ts';
import { readOfficialFiles } from '../../../src/core/exchange/import-files.ts';
import { folderFaults } from '../../support/schemas.ts';

const pairOf = (n: number): Pair => ({
  id: String(10_000 + n),
  question: 'Which?',
  options: { A: 'left', B: 'right' },
  images: [image(n, 'A'), image(n + 1, 'B')],
  extra: {},
});
function image(n: number, right: 'A' | 'B'): Pair['images'][0] {
  const sha256 = String(n).padStart(64, '0');
  return { path: `${n}.png`, local: String(n), categories: ['Spinal'], right, caption: null, sha256 };
}
const benchmarkOf = (n: number): Benchmark => ({
  ...{ name: 'made', sha256: 'a'.repeat(64), skipped: [], problems: [] },
  pairs: Array.from({ length: n }, (_, i) => pairOf(i + 1)),
});
const session: Session = {
  ...{ id: 's', benchmarkId: 'b', name: 'Dr. A', seed: 3, feedback: 'end', startedAt: '2026-01-01T00:00:00.000Z' },
  ...{ answers: [], run: null },
};

describe('the order of a reader', () => {
  it.each([1, 2, 3, 7, 10, 69, 176])('asks every question of %i pairs once, the two images of a pair apart', (n) => {
    for (let seed = 0; seed < 20; seed++) {
      const order = readingOrder(benchmarkOf(n).pairs, seed);
      expect(new Set(order.map((q) => `${q.pair}/${q.image}`)).size).toBe(2 * n);
      for (const { id } of benchmarkOf(n).pairs) {
        const [a = 0, b = 0] = order.flatMap((q, i) => (q.pair === id ? [i] : []));
        expect(b - a).toBeGreaterThanOrEqual(Math.max(1, Math.floor(n / 2)));
      }
    }
  });

  it('is the same for a seed, and another for another', () => {
    const { pairs } = benchmarkOf(20);
    expect(readingOrder(pairs, 5)).toEqual(readingOrder(pairs, 5));
    expect(readingOrder(pairs, 6)).not.toEqual(readingOrder(pairs, 5));
    expect(somePairs(pairs, 10, 1)).toHaveLength(10);
  });
});

describe('a reader', () => {
  const benchmark = benchmarkOf(5);
  /** Right on everything but image 2 of the first pair. */
  function take(): readonly Answer[] {
    let answers: readonly Answer[] = [];
    for (let q = due(benchmark, session); q; q = due(benchmark, { ...session, answers })) {
      const wrong = q.pair === '10001' && q.image === 2;
      answers = [...answers, { ...q, chosen: wrong ? 'A' : q.image === 1 ? 'A' : 'B', ms: 1500 }];
    }
    return answers;
  }

  it('becomes a run like a model, in the official layout too', () => {
    const answers = take();
    expect(answers).toHaveLength(10);
    const info = personRunInfo(
      benchmark,
      { ...session, answers },
      { lookalike: '0', at: session.startedAt, browser: '' },
    );
    const files = new Map(
      resultsFiles(info, benchmark, personRecords(benchmark, answers)).map((f) => [f.path, f.text]),
    );
    expect(JSON.parse(files.get('summary.json') ?? '')).toMatchObject({
      methods: { mc: { set: 80, individual: 90, confusion: 20, invalid: 0 } },
    });
    expect(JSON.parse(files.get('run.json') ?? '')).toMatchObject({
      recordedByPerson: { name: 'Dr. A', seed: 3, feedback: 'end' },
      seconds: { score: 15 },
    });
    expect(files.get('tables.md')).toContain('Answered by Dr. A, a person');
    expect(files.get('tables.md')).not.toContain('no passing device certificate');
    expect(folderFaults((file) => files.get(file) ?? '')).toEqual([]);
    const official = [...files.keys()].find((f) => f.startsWith('official/')) ?? '';
    const name = official.slice('official/'.length);
    const read = readOfficialFiles([{ name, text: files.get(official) ?? '' }], benchmark);
    expect(read.runs[0]?.records.map((r) => r.chosen).sort()).toEqual(answers.map((a) => a.chosen).sort());
  });

  it('is compared with a run by the exact McNemar test', () => {
    const reader = personRecords(benchmark, take());
    // A model that says A to everything: confused on every pair.
    const model = policy(benchmark, 'mc', () => 'A');
    const [row] = compareRuns(benchmark, [
      { title: 'Dr. A', records: reader },
      { title: 'model', records: model },
    ]);
    // Four pairs that only the reader has right, none that only the model has: p = 2 / 2^4.
    expect(row).toMatchObject({ pairs: 5, set: [80, 0], p: 0.125 });
  });
});
