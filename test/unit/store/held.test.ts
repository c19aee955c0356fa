import { afterEach, expect, test, vi } from 'vitest';
import { deleteBenchmark, listBenchmarks, putBenchmark } from '../../../src/store/benchmarks.ts';
import { openStore } from '../../../src/store/db.ts';
import { imageBlob, imagesKept } from '../../../src/store/images.ts';
import { keepModel, modelSource } from '../../../src/store/models.ts';
import { probeKeeping } from '../../../src/store/probe.ts';
import { listShots, putShot } from '../../../src/store/shots.ts';
import { verifyModel } from '../../../src/store/verify.ts';
import { benchmarkOf, freshStore, noise, sha } from './fixtures.ts';

afterEach(() => void vi.restoreAllMocks());

/** A browser as WebKit is in a private session: a Blob anywhere in a value makes the write fail. */
function refuseBlobs(): { puts: number } {
  const seen = { puts: 0 };
  const put = IDBObjectStore.prototype.put;
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, value: unknown, key) {
    const parts = typeof value === 'object' && value !== null ? Object.values(value) : [];
    if (![value, ...parts].some((part) => part instanceof Blob))
      return key === undefined ? put.call(this, value) : put.call(this, value, key);
    seen.puts++;
    throw new DOMException('Error preparing Blob/File data to be stored in object store', 'UnknownError');
  });
  return seen;
}

const MODEL = [
  { path: 'config.json', blob: new Blob(['{"model_type":"llava"}']) },
  { path: 'onnx/vision_encoder.onnx', blob: new Blob([noise(100_000, 3)]) },
];

test('the probe tells Blobs from bytes, and bytes from nothing', async () => {
  expect(await probeKeeping()).toEqual({ where: 'disk', blobs: true });
  refuseBlobs();
  expect(await probeKeeping()).toEqual({ where: 'disk', blobs: false });
  vi.restoreAllMocks();
  vi.spyOn(indexedDB, 'open').mockImplementation(() => {
    throw new DOMException('The operation is insecure.', 'SecurityError');
  });
  expect((await probeKeeping()).where).toBe('memory');
});

test('where Blobs are refused from the start, none is tried, and everything reads as it was written', async () => {
  const refused = refuseBlobs();
  const store = await openStore(crypto.randomUUID());
  const before = refused.puts; // the probe's own
  const { benchmark, blobs } = benchmarkOf('one', 'x', 'y');
  const kept = await putBenchmark(store, benchmark, blobs);
  expect(kept).toMatchObject({ images: 2, bytes: 2 });
  expect(await (await imageBlob(store, sha('y')))?.text()).toBe('y');
  await putShot(store, 'shot.png', new Blob(['shot']));
  expect(await listShots(store)).toHaveLength(1);
  const model = await keepModel(store, 'm', MODEL, { partBytes: 30_000 });
  expect((await verifyModel(store, model.id)).lost).toEqual([]);
  const source = await modelSource(store, model.id);
  const weights = source.kind === 'blobs' ? source.files.find((f) => f.path.endsWith('.onnx')) : undefined;
  expect(new Uint8Array(await new Blob([...(weights?.parts ?? [])]).arrayBuffer())).toEqual(noise(100_000, 3));
  expect(refused.puts).toBe(before);
  await deleteBenchmark(store, kept.id);
  expect(await imagesKept(store)).toEqual(new Set([(await listShots(store))[0]?.sha256]));
  store.close();
});

test('where Blobs are refused later, the write is repeated with their bytes, and so is all that follows', async () => {
  const store = await freshStore();
  expect(store.keeping.blobs).toBe(true);
  const refused = refuseBlobs();
  const { benchmark, blobs } = benchmarkOf('one', 'x', 'y');
  await putBenchmark(store, benchmark, blobs);
  expect(refused.puts).toBeGreaterThan(0);
  expect(store.keeping.blobs).toBe(false);
  expect(await (await imageBlob(store, sha('x')))?.text()).toBe('x');
  const tried = refused.puts;
  await keepModel(store, 'm', MODEL);
  expect(refused.puts).toBe(tried);
  expect(await listBenchmarks(store)).toHaveLength(1);
});

test('a full disk is said as such, and no reason to keep bytes instead', async () => {
  const store = await freshStore();
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  const { benchmark, blobs } = benchmarkOf('one', 'x', 'y');
  await expect(putBenchmark(store, benchmark, blobs)).rejects.toMatchObject({ fault: { code: 'storage-full' } });
  expect(store.keeping.blobs).toBe(true);
});
