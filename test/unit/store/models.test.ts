import { faultOf, freshStore, modelFolder, noise, sha } from './fixtures.ts';
import { expect, test, vi } from 'vitest';
import { putChunk, sweep } from '../../../src/store/chunks.ts';
import { deleteModel, keepModel, listModels, modelSource, type KeepOptions } from '../../../src/store/models.ts';
import { openModel, verifyModel } from '../../../src/store/verify.ts';
import type { Store } from '../../../src/store/db.ts';
import type { KeptModel } from '../../../src/store/model-rows.ts';

const WEIGHTS = noise(1000);
const path = 'onnx/decoder_model_merged_q4.onnx';
const keep = (store: Store, options: KeepOptions = {}): Promise<KeptModel> =>
  keepModel(store, 'my-model', modelFolder(WEIGHTS), { partBytes: 256, ...options });

async function bytesOf(store: Store, id: string, file: string): Promise<Uint8Array> {
  const source = await modelSource(store, id);
  if (source.kind !== 'blobs') throw new Error('not kept as blobs');
  const parts = source.files.find((f) => f.path === file)?.parts ?? [];
  return new Uint8Array(await new Blob([...parts]).arrayBuffer());
}

async function flip(store: Store, kept: KeptModel, index: number): Promise<void> {
  const row = await store.db.get('chunks', [kept.bucket, path, index]);
  if (!row || !('blob' in row)) throw new Error('no such part');
  const bytes = new Uint8Array(await row.blob.arrayBuffer());
  bytes[17] = (bytes[17] ?? 0) ^ 1;
  await store.db.put('chunks', { ...row, blob: new Blob([bytes]) });
}

test('a folder is kept in parts, with the hashes of its files, and read back the same', async () => {
  const store = await freshStore();
  const kept = await keep(store);
  const file = kept.files.find((f) => f.path === path);
  expect(file?.sha256).toBe(sha(WEIGHTS));
  expect(file?.parts.map((p) => p.size)).toEqual([256, 256, 256, 232]);
  expect(kept.files.map((f) => f.path)).toEqual(['config.json', path, 'onnx/vision_encoder.onnx', 'onnx/empty.onnx']);
  expect(kept.facts).toEqual({
    modelType: 'llava',
    dtypes: { decoder_model_merged: ['q4'], vision_encoder: ['fp32'], empty: ['fp32'] },
  });
  expect(await bytesOf(store, kept.id, path)).toEqual(WEIGHTS);
  expect(await bytesOf(store, kept.id, 'onnx/empty.onnx')).toHaveLength(0);
});

test('progress counts every byte once', async () => {
  const onProgress = vi.fn();
  const kept = await keep(await freshStore(), { onProgress });
  expect(onProgress.mock.lastCall?.[0]).toMatchObject({ done: kept.bytes, total: kept.bytes });
});

test('the same files again are the same model, once', async () => {
  const store = await freshStore();
  const first = await keep(store);
  const again = await keep(store);
  expect(again.id).toBe(first.id);
  expect(await listModels(store)).toHaveLength(1);
  const buckets = new Set((await store.db.getAllKeys('chunks')).map(([bucket]) => bucket));
  expect(buckets).toEqual(new Set([again.bucket]));
  expect(await bytesOf(store, first.id, path)).toEqual(WEIGHTS);
});

test.for([
  ['no config.json', (f: { path: string }) => !f.path.endsWith('config.json'), /no config\.json/],
  ['no weights', (f: { path: string }) => !f.path.endsWith('.onnx'), /no \.onnx/],
] as const)('a folder with %s is refused with words', async ([, filter, words]) => {
  const f = await faultOf(keepModel(await freshStore(), 'm', modelFolder().filter(filter)));
  expect(f).toMatchObject({ code: 'bad-model', message: expect.stringMatching(words) });
});

test('stopping leaves nothing behind', async () => {
  const store = await freshStore();
  const stop = new AbortController();
  const f = await faultOf(keep(store, { signal: stop.signal, onProgress: (p) => p.done > 500 && stop.abort() }));
  expect(f.code).toBe('stopped');
  expect(await store.db.count('chunks')).toBe(0);
  expect(await listModels(store)).toEqual([]);
});

test('storage that is full in the middle is said with numbers and leaves nothing behind', async () => {
  const store = await freshStore();
  let writes = 0;
  const transaction: unknown = (names: unknown, ...rest: unknown[]): unknown => {
    if (String(names) === 'chunks' && rest[0] === 'readwrite' && ++writes === 3)
      throw new DOMException('no', 'QuotaExceededError');
    return Reflect.apply(store.db.transaction, store.db, [names, ...rest]);
  };
  const get = (target: object, key: string | symbol): unknown =>
    key === 'transaction' ? transaction : Reflect.get(target, key);
  const handler: ProxyHandler<Store['db']> = { get };
  const db = new Proxy(store.db, handler);
  const f = await faultOf(keep({ ...store, db }));
  expect(f).toMatchObject({ code: 'storage-full', message: expect.stringMatching(/1\.3 kB/) });
  expect(await store.db.count('chunks')).toBe(0);
  expect(await listModels(store)).toEqual([]);
});

test('a flipped byte and a deleted part are found, and nothing else', async () => {
  const store = await freshStore();
  const kept = await keep(store);
  expect((await verifyModel(store, kept.id)).lost).toEqual([]);
  await flip(store, kept, 1);
  await store.db.delete('chunks', [kept.bucket, path, 3]);
  expect((await verifyModel(store, kept.id)).lost).toEqual([
    { path, index: 1, reason: 'damaged' },
    { path, index: 3, reason: 'missing' },
  ]);
});

test('a model with a part missing does not open', async () => {
  const store = await freshStore();
  const kept = await keep(store);
  await store.db.delete('chunks', [kept.bucket, path, 3]);
  expect((await faultOf(modelSource(store, kept.id))).message).toMatch(/decoder_model_merged_q4\.onnx part 4/);
});

test('a model with a flipped byte is noticed while it loads', async () => {
  const store = await freshStore();
  const kept = await keep(store);
  await (
    await openModel(store, kept.id)
  ).checked;
  await flip(store, kept, 2);
  expect((await faultOf((await openModel(store, kept.id)).checked)).message).toMatch(/part 3/);
});

test('deleting a model deletes its parts and no others', async () => {
  const store = await freshStore();
  const one = await keep(store);
  const two = await keepModel(store, 'other', modelFolder());
  await deleteModel(store, one.id);
  expect(new Set((await store.db.getAllKeys('chunks')).map(([bucket]) => bucket))).toEqual(new Set([two.bucket]));
  expect((await faultOf(modelSource(store, one.id))).code).toBe('not-found');
});

test('parts that a crash left without a manifest are swept, those of models stay', async () => {
  const store = await freshStore();
  const kept = await keep(store);
  const before = await store.db.count('chunks');
  await putChunk(store, 'orphan', 'x', 0, new Blob(['y']));
  expect(await sweep(store)).toBe(1);
  expect(await store.db.count('chunks')).toBe(before);
  expect((await verifyModel(store, kept.id)).lost).toEqual([]);
});
