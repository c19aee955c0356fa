import { freshStore } from '../store/fixtures.ts';
import { expect, test } from 'vitest';
import { exportDownload, offers } from '../../../src/app/results/download.ts';
import { keepZip } from '../../../src/app/results/keep.ts';
import { readZip, writeZip } from '../../../src/app/results/zip.ts';
import { PUBLISHED_READING } from '../../../src/core/methods/reading.ts';
import { benchmark, listBenchmarks, putBenchmark } from '../../../src/store/benchmarks.ts';
import { recordsOf } from '../../../src/store/records.ts';
import type { StoredRun } from '../../../src/store/rows.ts';
import { BENCHMARK, hash, madeFolder, madeInfo, madeRecords, type Files } from '../exchange/made-run.ts';

const small = { ...BENCHMARK, pairs: BENCHMARK.pairs.slice(0, 4) };
const records = madeRecords(small);
const zipOf = (files: Files, below = ''): Promise<Uint8Array> =>
  writeZip(
    [...files].map(([path, text]) => ({ path: below + path, text })),
    new Date(0),
  );
const asStored: StoredRun = {
  ...{ id: 'r', createdAt: '2026-01-01T00:00:00.000Z', config: null, benchmarkId: null, status: 'done' },
  info: madeInfo(small),
};

test('a packed results folder becomes a run with its questions', async () => {
  const store = await freshStore();
  const run = await keepZip(store, 'mine.zip', await zipOf(madeFolder(null, {}, small), 'results/mine/'));
  expect(run).toMatchObject({ status: 'imported', config: null, info: { model: { id: 'org/made-vlm' } } });
  expect(await recordsOf(store, run.id)).toHaveLength(records.length);
  const kept = await benchmark(store, run.benchmarkId ?? '');
  expect(kept?.benchmark.name).toBe('mediconfusion (4 pairs, without images)');
  expect(kept?.benchmark.pairs.map((p) => p.question)).toEqual(small.pairs.map((p) => p.question));
});

test('a benchmark that is kept already, with its images, is the one that the run answers', async () => {
  const store = await freshStore();
  const images = new Map(small.pairs.flatMap((p) => p.images.map((i) => [i.sha256 ?? '', new Blob(['x'])] as const)));
  const kept = await putBenchmark(store, small, images);
  const run = await keepZip(store, 'mine.zip', await zipOf(madeFolder(null, {}, small)));
  expect(run.benchmarkId).toBe(kept.id);
  expect(await listBenchmarks(store)).toHaveLength(1);
});

test('two shards stand beside each other', async () => {
  const store = await freshStore();
  const zips = await Promise.all([1, 2].map((index) => zipOf(madeFolder({ index, of: 2 }))));
  const runs = [];
  for (const zip of zips) runs.push(await keepZip(store, 'shard.zip', zip));
  expect(new Set(runs.map((r) => r.benchmarkId)).size).toBe(2);
});

test('what is kept was read as published, whatever reading its numbers had', async () => {
  const store = await freshStore();
  const reading = { mcParser: 'strict', ffGap: 3 } as const;
  const run = await keepZip(store, 'strict.zip', await zipOf(madeFolder(null, { reading }, small)));
  expect(run.info?.reading).toBeUndefined();
  const written = (await recordsOf(store, run.id))
    .filter((r) => r.method === 'mc')
    .map((r) => [r.pair, r.image, r.chosen]);
  expect(written.sort()).toEqual(
    records
      .filter((r) => r.method === 'mc')
      .map((r) => [r.pair, r.image, r.chosen])
      .sort(),
  );
});

test('a zip without results, and results whose questions nobody knows, are refused', async () => {
  const store = await freshStore();
  await expect(keepZip(store, 'x.zip', await zipOf(new Map([['a.json', '{}']])))).rejects.toThrow(
    /x\.zip holds no run\.json/,
  );
  const old = new Map(madeFolder(null, {}, small));
  old.delete('benchmark.json');
  await expect(keepZip(store, 'old.zip', await zipOf(old))).rejects.toThrow(/Bring it first/);
});

test.each(offers(asStored).map((o) => o.name))('the page downloads %s', async (name) => {
  const { name: file, content } = await exportDownload(name, asStored, small, records, PUBLISHED_READING);
  expect(file).toMatch(/^2026-?01-?01.*\.(zip|json|parquet|csv|md)$/);
  expect(content.size).toBeGreaterThan(100);
});

test('the bundle of the page is the bundle of the command line', async () => {
  const { content } = await exportDownload('bundle', asStored, small, records, PUBLISHED_READING);
  const texts = await readZip('b.zip', new Uint8Array(await content.arrayBuffer()));
  const manifest = JSON.parse(texts.get('bundle.json') ?? '') as { files: Record<string, string> };
  for (const [path, sha256] of Object.entries(manifest.files)) expect(hash(texts.get(path) ?? '')).toBe(sha256);
});

test('an import offers no bundle', () => {
  const info = { ...madeInfo(small), imported: { from: 'a_mc.json', format: 'mediconfusion/mc' } };
  expect(offers({ info }).map((o) => o.name)).not.toContain('bundle');
});
