import { benchmarkOf, config, faultOf, freshStore, sha } from './fixtures.ts';
import { expect, test } from 'vitest';
import { deleteBenchmark, putBenchmark } from '../../../src/store/benchmarks.ts';
import { imageBlob, imagesKept } from '../../../src/store/images.ts';
import { deleteRun, run, saveRun } from '../../../src/store/runs.ts';
import { deleteShots, listShots, putShot } from '../../../src/store/shots.ts';
import { usage } from '../../../src/store/usage.ts';

const shot = (text: string): Blob => new Blob([text]);
const hashes = (...texts: string[]): ReadonlySet<string> => new Set(texts.map(sha));

test('an example image is kept by its name and outlives every benchmark', async () => {
  const store = await freshStore();
  const { benchmark, blobs } = benchmarkOf('one', 'x', 'y');
  const kept = await putBenchmark(store, benchmark, blobs);
  expect(await putShot(store, 'a.png', shot('x'))).toMatchObject({ name: 'a.png', sha256: sha('x'), bytes: 1 });
  await putShot(store, 'b.png', shot('s'));
  await deleteBenchmark(store, kept.id);
  expect(await imagesKept(store)).toEqual(hashes('x', 's'));
  expect((await listShots(store)).map((s) => [s.name, s.sha256])).toEqual([
    ['a.png', sha('x')],
    ['b.png', sha('s')],
  ]);
  expect(await (await imageBlob(store, sha('s')))?.text()).toBe('s');
  expect(await usage(store)).toEqual([
    { kind: 'shots', id: 'shots', name: '2 example images', bytes: 2, addedAt: null },
  ]);
});

test('one brought anew replaces the one before, which goes unless a run showed it', async () => {
  const store = await freshStore();
  await putShot(store, 'a.png', shot('old'));
  await putShot(store, 'a.png', shot('new'));
  expect(await imagesKept(store)).toEqual(hashes('new'));
  await saveRun(store, { ...config('r'), shotImages: { 'a.png': sha('new') } });
  await putShot(store, 'a.png', shot('newer'));
  expect(await imagesKept(store)).toEqual(hashes('new', 'newer'));
  await deleteShots(store);
  expect(await listShots(store)).toEqual([]);
  // The run may be resumed, so what it showed stays until it goes.
  expect(await imagesKept(store)).toEqual(hashes('new'));
  expect((await run(store, 'r'))?.config?.shotImages).toEqual({ 'a.png': sha('new') });
  await deleteRun(store, 'r');
  expect(await imagesKept(store)).toEqual(hashes());
});

test('an image that a benchmark and an example share stays with the benchmark', async () => {
  const store = await freshStore();
  const { benchmark, blobs } = benchmarkOf('one', 'x', 'y');
  await putBenchmark(store, benchmark, blobs);
  await putShot(store, 'a.png', shot('x'));
  await deleteShots(store);
  expect(await imagesKept(store)).toEqual(hashes('x', 'y'));
});

test('a damaged row is a fault that names it', async () => {
  const store = await freshStore();
  await store.db.put('shots', { name: 'a.png', sha256: 'no hash', bytes: 1, addedAt: '' });
  expect((await faultOf(listShots(store))).message).toContain('example image');
});
