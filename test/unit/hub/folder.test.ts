import { mkdtemp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { faultOf, noise, sha } from '../store/fixtures.ts';
import { startHub, type FakeHub } from '../../support/hub/hub.ts';
import { fetchToFolder, wholeFolder, type FolderRequest } from '../../../src/hub/folder.ts';

const DATA = 'onnx/decoder_model_merged_q4.onnx_data';
const CONFIG = JSON.stringify({
  model_type: 'llava',
  'transformers.js_config': { use_external_data_format: { 'decoder_model_merged_q4.onnx': 1 } },
});
const FILES = new Map<string, Uint8Array>([
  ['config.json', new TextEncoder().encode(CONFIG)],
  ['tokenizer.json', noise(9000, 7)],
  ['README.md', noise(100, 8)],
  ['onnx/decoder_model_merged.onnx', noise(9999, 1)],
  ['onnx/decoder_model_merged_q4.onnx', noise(5000, 2)],
  [DATA, noise(3_000_000, 3)],
  ['onnx/vision_encoder.onnx', noise(6000, 4)],
  ['onnx/vision_encoder_q4.onnx', noise(5500, 5)],
  ['onnx/embed_tokens.onnx', noise(7000, 6)],
]);
const Q4 = [
  'config.json',
  'onnx/decoder_model_merged_q4.onnx',
  DATA,
  'onnx/embed_tokens.onnx',
  'onnx/vision_encoder_q4.onnx',
  'tokenizer.json',
];

let server: FakeHub;
let dir: string;
beforeEach(async () => {
  server = await startHub({ repository: 'acme/m', files: FILES });
  dir = await mkdtemp(join(tmpdir(), 'lookalike-fetch-'));
});
afterEach(async () => {
  await server.close();
  await rm(dir, { recursive: true });
});

const ask = (change: Partial<FolderRequest> = {}): FolderRequest => ({
  repository: 'acme/m',
  revision: 'main',
  dtype: 'q4',
  dir,
  address: server.url,
  token: null,
  hub: { pause: () => Promise.resolve(), stallMs: 500 },
  ...change,
});

test('the files of the dtype arrive, with fp32 where there is no other, and a manifest that names the commit', async () => {
  await fetchToFolder(ask());
  const there = (await readdir(dir, { recursive: true, withFileTypes: true }))
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath, e.name).slice(dir.length + 1));
  expect(there.sort()).toEqual([...Q4, 'lookalike-model.json'].sort());
  for (const path of Q4) expect(sha(await readFile(join(dir, path)))).toBe(sha(FILES.get(path) ?? ''));
  const manifest: unknown = JSON.parse(await readFile(join(dir, 'lookalike-model.json'), 'utf8'));
  expect(manifest).toMatchObject({ repository: 'acme/m', revision: server.commit, hub: server.url });
});

test('a cut connection goes on where it was; a file cut off by a crash does too', async () => {
  server.fault = (a) => (a.route === 'cdn' && a.path === DATA && a.nth < 2 ? { kind: 'cut', after: 1_000_000 } : null);
  await fetchToFolder(ask());
  const partial = await readFile(join(dir, DATA));
  await rm(join(dir, DATA));
  await writeFile(join(dir, `${DATA}.partial`), partial);
  await truncate(join(dir, `${DATA}.partial`), 2_900_000);
  server.asked.length = 0;
  await fetchToFolder(ask());
  expect(server.asked.filter((a) => a.route === 'cdn').map((a) => a.range)).toEqual(['bytes=2900000-2999999']);
  expect(sha(await readFile(join(dir, DATA)))).toBe(sha(FILES.get(DATA) ?? ''));
});

test('a file that was damaged on disk is fetched again, the others are not', async () => {
  await fetchToFolder(ask());
  await writeFile(join(dir, 'tokenizer.json'), noise(9000, 70));
  server.asked.length = 0;
  await fetchToFolder(ask());
  expect(server.asked.filter((a) => a.route === 'cdn').map((a) => a.path)).toEqual(['tokenizer.json']);
});

test('a server without ranges gives the same files', async () => {
  server.fault = (a) => (a.route === 'cdn' ? { kind: 'no-range' } : null);
  await fetchToFolder(ask());
  expect(sha(await readFile(join(dir, DATA)))).toBe(sha(FILES.get(DATA) ?? ''));
});

test('bytes that are altered every time are refused and leave nothing under the file’s name', async () => {
  server.fault = (a) => (a.path === DATA ? { kind: 'alter', at: 5 } : null);
  expect((await faultOf(fetchToFolder(ask()))).message).toMatch(/altered/);
  expect(await readdir(join(dir, 'onnx'))).not.toContain('decoder_model_merged_q4.onnx_data');
});

test.for([
  ['a dtype that the decoder has not', { dtype: 'q8' }, /no decoder_model_merged in q8; it has fp32, q4/],
  ['a session map with a dtype that is not there', { dtype: { vision_encoder: 'fp16' } }, /no vision_encoder in fp16/],
  ['an id that is no id', { repository: '../x' }, /not a hub id/],
  ['an address that is not safe', { address: 'http://hub.example' }, /https/],
  ['a model that is not there', { repository: 'acme/other' }, /not found/],
] as const)('%s is refused before anything large is fetched', async ([, change, words]) => {
  expect((await faultOf(fetchToFolder(ask(change)))).message).toMatch(words);
  expect(server.asked.filter((a) => a.route === 'cdn')).toEqual([]);
});

test('a fetched folder is known to be whole without the hub, until a byte of it changes', async () => {
  expect(await wholeFolder(dir)).toBeNull();
  await fetchToFolder(ask());
  expect((await wholeFolder(dir))?.revision).toBe(server.commit);
  await writeFile(join(dir, 'tokenizer.json'), noise(9000, 70));
  expect(await wholeFolder(dir)).toBeNull();
});
