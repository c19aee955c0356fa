import { faultOf, freshStore, modelFolder, noise, sha } from '../store/fixtures.ts';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BlobWriter, Uint8ArrayReader, ZipWriter } from '@zip.js/zip.js';
import { afterEach, expect, test } from 'vitest';
import { moveWeights } from '../../support/cases/external.ts';
import { startHub, type FakeHub } from '../../support/hub/hub.ts';
import { createHub } from '../../../src/hub/client.ts';
import { compareWithHub, importModel } from '../../../src/hub/import.ts';
import { keepModel, listModels, type ModelFileInput } from '../../../src/store/models.ts';
import type { KeptModel, ModelOrigin } from '../../../src/store/model-rows.ts';
import type { Store } from '../../../src/store/db.ts';
import { openAll } from '../../../src/files/source.ts';
import { filesOfZip } from '../../../src/files/zip.ts';
import { exportTo, exportZip, repairFromFiles } from '../../../src/store/transfer.ts';
import { verifyModel } from '../../../src/store/verify.ts';

const WEIGHTS = noise(5000);
const PATH = 'onnx/decoder_model_merged_q4.onnx';
const TINY = fileURLToPath(new URL('../../families/llava/model/', import.meta.url));
const PATH_FP32 = 'onnx/decoder_model_merged.onnx';
const COMMIT = 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00';
const FROM_HUB: ModelOrigin = { kind: 'hub', revision: COMMIT, repository: 'acme/m', hub: 'https://hub.example' };

let server: FakeHub | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

const keep = (store: Store, source?: ModelOrigin): Promise<KeptModel> =>
  keepModel(store, 'acme/m', modelFolder(WEIGHTS), { partBytes: 512, ...(source ? { source } : {}) });
const hashes = (kept: KeptModel): object => Object.fromEntries(kept.files.map((f) => [f.path, f.sha256]));

async function carried(
  change: (files: readonly ModelFileInput[]) => readonly ModelFileInput[] = (f) => f,
): Promise<{ kept: KeptModel; files: readonly ModelFileInput[] }> {
  const store = await freshStore();
  const kept = await keep(store, FROM_HUB);
  return { kept, files: change(await openAll(await filesOfZip(await (await exportZip(store, kept.id)).blob()))) };
}
const altered =
  (path: string) =>
  (files: readonly ModelFileInput[]): readonly ModelFileInput[] =>
    files.map((f) => (f.path.endsWith(path) ? { ...f, blob: new Blob([noise(f.blob.size, 77)]) } : f));

test('a model carried as a zip is the same model, with its origin, on another machine', async () => {
  const { kept, files } = await carried();
  const there = await importModel(await freshStore(), 'a stick', files, 'zip', null);
  expect(hashes(there)).toEqual(hashes(kept));
  expect(there.id).toBe(kept.id);
  expect(there.source).toEqual({ ...FROM_HUB, kind: 'import' });
});

test('weights that a graph has above onnx are taken where they lie, and carried there', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'lookalike-above-'));
  mkdirSync(join(dir, 'onnx'));
  cpSync(join(TINY, PATH_FP32), join(dir, PATH_FP32));
  mkdirSync(join(dir, 'weights'));
  moveWeights(join(dir, PATH_FP32), '../weights/w.bin');
  const files = [PATH_FP32, 'weights/w.bin'].map((path) => ({
    path: `m/${path}`,
    blob: new Blob([Uint8Array.from(readFileSync(join(dir, path)))]),
  }));
  const other = ['m/config.json', 'm/weights/other.bin', 'm/model.safetensors'];
  const brought = [...files, ...other.map((path) => ({ path, blob: new Blob(['{}']) }))];
  const store = await freshStore();
  const kept = await keepModel(store, 'above', brought);
  expect(kept.files.map((f) => f.path)).toEqual([PATH_FP32, 'config.json', 'onnx/../weights/w.bin']);
  const zip = await filesOfZip(await (await exportZip(store, kept.id)).blob());
  expect(zip.map((f) => f.path)).toContain('above/weights/w.bin');
  const there = await importModel(await freshStore(), 'a stick', await openAll(zip), 'zip', null);
  expect(there.id).toBe(kept.id);
  rmSync(dir, { recursive: true });
});

test('the zip has the length that is announced', async () => {
  const store = await freshStore();
  const response = await exportZip(store, (await keep(store)).id);
  expect(response.headers.get('content-length')).toBe(String((await response.blob()).size));
});

test.for([
  ['an altered file', altered(PATH), /decoder_model_merged_q4\.onnx is not what was published/],
  [
    'a file left out',
    (f: readonly ModelFileInput[]) => f.filter((x) => !x.path.endsWith('vision_encoder.onnx')),
    /vision_encoder\.onnx is missing/,
  ],
  [
    'a broken manifest',
    (f: readonly ModelFileInput[]) =>
      f.map((x) => (x.path.endsWith('lookalike-model.json') ? { ...x, blob: new Blob(['{']) } : x)),
    /lookalike-model\.json/,
  ],
] as const)('a carried model with %s is refused and not kept', async ([, change, words]) => {
  const { files } = await carried(change);
  const store = await freshStore();
  expect((await faultOf(importModel(store, 'm', files, 'zip', null))).message).toMatch(words);
  expect(await listModels(store)).toEqual([]);
  expect(await store.db.count('chunks')).toBe(0);
});

test('a compressed zip made by another program is read too', async () => {
  const writer = new ZipWriter(new BlobWriter(), { useWebWorkers: false });
  for (const f of modelFolder(WEIGHTS))
    await writer.add(f.path, new Uint8ArrayReader(new Uint8Array(await f.blob.arrayBuffer())));
  const kept = await importModel(
    await freshStore(),
    'mine',
    await openAll(await filesOfZip(await writer.close())),
    'zip',
    null,
  );
  expect(kept.name).toBe('mine');
  expect(kept.source).toEqual({ kind: 'zip', revision: null, repository: null, hub: null });
  expect(kept.files.find((f) => f.path === PATH)?.sha256).toBe(sha(WEIGHTS));
});

test('what is no zip is said to be none', async () => {
  expect((await faultOf(filesOfZip(new Blob([noise(500)])))).code).toBe('unreadable');
});

test('a model is written into a folder with its manifest', async () => {
  const store = await freshStore();
  const kept = await keep(store);
  const written = new Map<string, Uint8Array>();
  const folder = (prefix: string): FileSystemDirectoryHandle =>
    ({
      getDirectoryHandle: (name: string) => Promise.resolve(folder(`${prefix}${name}/`)),
      getFileHandle: (name: string) =>
        Promise.resolve({
          createWritable: () => {
            const parts: Uint8Array[] = [];
            return Promise.resolve(
              new WritableStream<Uint8Array>({
                write: (bytes) => void parts.push(bytes),
                close: () => void written.set(prefix + name, Buffer.concat(parts)),
              }),
            );
          },
        }),
    }) as unknown as FileSystemDirectoryHandle;
  await exportTo(store, kept.id, folder(''));
  expect([...written.keys()].sort()).toEqual(
    [...kept.files.map((f) => `m/${f.path}`), 'm/lookalike-model.json'].sort(),
  );
  expect(sha(written.get(`m/${PATH}`) ?? '')).toBe(sha(WEIGHTS));
});

test('lost parts come back from a folder, and only parts that have their hash', async () => {
  const store = await freshStore();
  const kept = await keep(store);
  for (const index of [1, 4]) await store.db.delete('chunks', [kept.bucket, PATH, index]);
  const half = new Uint8Array(WEIGHTS);
  half.fill(0, 4 * 512, 5 * 512);
  expect(await repairFromFiles(store, await verifyModel(store, kept.id), modelFolder(half))).toEqual([
    { path: PATH, index: 4, reason: 'missing' },
  ]);
  expect(await repairFromFiles(store, await verifyModel(store, kept.id), modelFolder(WEIGHTS))).toEqual([]);
  expect((await verifyModel(store, kept.id)).lost).toEqual([]);
});

/** A folder in the hub's own cache layout, and a hub that publishes the same files. */
async function cached(
  published: Uint8Array<ArrayBuffer> = WEIGHTS,
): Promise<{ files: ModelFileInput[]; address: string }> {
  const folder = modelFolder(WEIGHTS).map((f) => ({
    ...f,
    path: f.path.replace('my-model/', `hub/models--acme--m/snapshots/${COMMIT}/`),
  }));
  const contents = new Map<string, Uint8Array>();
  for (const f of modelFolder(published))
    contents.set(f.path.replace('my-model/', ''), new Uint8Array(await f.blob.arrayBuffer()));
  server = await startHub({ repository: 'acme/m', files: contents });
  return { files: folder, address: server.url };
}

test('a folder that names a commit is checked against the hub, and only then recorded with it', async () => {
  const { files, address } = await cached();
  const store = await freshStore();
  const unchecked = await importModel(store, 'mine', files, 'folder', null);
  expect(unchecked.source.revision).toBeNull();
  expect(unchecked.name).toBe('acme/m');
  const hub = createHub({ address });
  const checked = await importModel(store, 'mine', files, 'folder', hub);
  expect(checked.source).toMatchObject({ revision: COMMIT, repository: 'acme/m' });
  expect(await compareWithHub(store, hub, checked)).toEqual({ wrong: [], unknown: [] });
});

test('the folder of a repository in the cache gives the commit that its main names', async () => {
  const [old, path] = ['0'.repeat(40), 'onnx/decoder_model_merged_q4.onnx'];
  const at = (commit: string, bytes: Uint8Array<ArrayBuffer>): ModelFileInput[] =>
    modelFolder(bytes).map((f) => ({ ...f, path: f.path.replace('my-model/', `snapshots/${commit}/`) }));
  const main = { path: 'refs/main', blob: new Blob([COMMIT]) };
  const files = [...at(old, noise(5000, 9)), ...at(COMMIT, WEIGHTS), main];
  const kept = await importModel(await freshStore(), 'models--acme--m', files, 'folder', null);
  expect(kept.name).toBe('acme/m');
  expect(kept.files.find((f) => f.path === path)?.sha256).toBe(sha(WEIGHTS));
});

test('a folder that names a commit and differs from it is refused', async () => {
  const { files, address } = await cached(noise(5000, 9));
  const store = await freshStore();
  const f = await faultOf(importModel(store, 'mine', files, 'folder', createHub({ address })));
  expect(f.message).toMatch(/decoder_model_merged_q4\.onnx is not what was published/);
  expect(await listModels(store)).toEqual([]);
});

test('a kept model that differs from what the hub publishes is told file by file', async () => {
  const { address } = await cached(noise(5000, 9));
  const store = await freshStore();
  const kept = await keep(store, { ...FROM_HUB, hub: address });
  expect(await compareWithHub(store, createHub({ address }), kept)).toEqual({ wrong: [PATH], unknown: [] });
});
