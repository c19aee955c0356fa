import { expect, it } from 'vitest';
import { confusedFirst, rankingRuns } from '../../../src/app/confusing.ts';
import { withoutModel } from '../../../src/core/records/no-model.ts';
import { putBenchmark } from '../../../src/store/benchmarks.ts';
import { saveImportedRun } from '../../../src/store/runs.ts';
import { policy } from '../statistics/fixtures.ts';
import { benchmarkOf, freshStore } from '../store/fixtures.ts';

it('orders drafts by a run on a benchmark of the same images; what it was not asked stands behind', async () => {
  const store = await freshStore();
  const { benchmark, blobs } = benchmarkOf('b', 'a', 'b', 'c', 'd');
  const kept = await putBenchmark(store, benchmark, blobs);
  const second = kept.benchmark.pairs[1]?.id;
  // Right on the first pair, the same answer to both images of the second.
  const records = policy(kept.benchmark, 'mc', (p, i) => (i === 2 && p.id !== second ? 'B' : 'A'));
  const at = '2026-01-01T00:00:00.000Z';
  const info = withoutModel(kept.benchmark, {
    ...{ lookalike: '0.1.0', startedAt: at, finishedAt: at, browser: '', seconds: 0, command: null },
    ...{ model: { id: 'm', family: 'unknown' }, asked: 'by a test', methods: ['mc'] },
  });
  await saveImportedRun(store, 'r', info, records, kept.id);
  await saveImportedRun(store, 'elsewhere', info, records, null);
  const [one, two] = kept.benchmark.pairs.map((p) => ({
    sha256: [p.images[0].sha256 ?? '', p.images[1].sha256 ?? ''] as const,
  }));
  const other = { sha256: ['0'.repeat(64), '1'.repeat(64)] as const };
  if (!one || !two) throw new Error('The benchmark has two pairs.');
  expect((await rankingRuns(store, [other, one])).map((r) => r.id)).toEqual(['r']);
  expect(await rankingRuns(store, [other])).toEqual([]);
  expect(await confusedFirst(store, 'r', [other, one, two])).toEqual([two, one, other]);
  await expect(confusedFirst(store, 'elsewhere', [one])).rejects.toThrow('no longer kept');
});
