import { expect, test } from 'vitest';
import { describeModel, chooseFiles } from '../../../src/core/models/hub/model.ts';
import {
  fileUrl,
  nextPage,
  readRevision,
  readTreePage,
  refusal,
  retryAfter,
  type Answer,
  type HubFile,
} from '../../../src/core/models/hub/listing.ts';
import { backoff, partCount, partRange, readContentRange } from '../../../src/core/models/hub/ranges.ts';

const OID = 'a'.repeat(40);
const SHA = 'b'.repeat(64);

test('a page of the tree: folders left out, LFS files by their SHA-256, small ones by their git id', () => {
  const page = readTreePage([
    { type: 'directory', oid: OID, size: 0, path: 'onnx' },
    { type: 'file', oid: OID, size: 5, path: 'config.json' },
    { type: 'file', oid: OID, size: 9, path: 'onnx/x.onnx', lfs: { oid: SHA, size: 900, pointerSize: 134 } },
  ]);
  expect(page).toEqual({
    ok: true,
    value: [
      { path: 'config.json', size: 5, sha256: null, gitOid: OID },
      { path: 'onnx/x.onnx', size: 900, sha256: SHA, gitOid: OID },
    ],
  });
});

test.for([
  ['no list', {}],
  ['no size', [{ type: 'file', oid: OID, path: 'x' }]],
  ['a negative size', [{ type: 'file', oid: OID, size: -1, path: 'x' }]],
  ['an LFS file without its hash', [{ type: 'file', oid: OID, size: 5, path: 'x', lfs: { size: 5 } }]],
  ['a path that climbs out', [{ type: 'file', oid: OID, size: 5, path: '../x' }]],
  ['an absolute path', [{ type: 'file', oid: OID, size: 5, path: '/etc/x' }]],
] as const)('a listing with %s is refused', ([, json]) => {
  expect(readTreePage(json).ok).toBe(false);
});

test('the next page is followed on the same host only', () => {
  const here = 'https://hub.example/api/models/a/b/tree/c';
  expect(nextPage('<https://hub.example/x?cursor=1>; rel="next"', here)).toBe('https://hub.example/x?cursor=1');
  expect(nextPage('</x?cursor=1>; rel="next"', here)).toBe('https://hub.example/x?cursor=1');
  expect(nextPage('<https://evil.example/x>; rel="next"', here)).toBeNull();
  expect(nextPage('<https://hub.example/x>; rel="prev"', here)).toBeNull();
  expect(nextPage(null, here)).toBeNull();
});

test('names with spaces, signs and letters of other scripts make whole addresses', () => {
  expect(fileUrl('https://h.example', 'a/b', OID, 'onnx/a b#?é.onnx')).toBe(
    `https://h.example/a/b/resolve/${OID}/onnx/a%20b%23%3F%C3%A9.onnx`,
  );
});

test('a revision names its commit, gate and licence', () => {
  expect(readRevision({ sha: OID, gated: 'manual', cardData: { license: 'mit' } })).toEqual({
    ok: true,
    value: { commit: OID, gated: true, licence: 'mit' },
  });
  expect(readRevision({ sha: OID, gated: false })).toMatchObject({ value: { gated: false, licence: null } });
  expect(readRevision({ sha: 'main' }).ok).toBe(false);
});

const answer = (status: number, change: Partial<Answer> = {}): Answer => ({
  status,
  contentType: 'application/json',
  errorCode: '',
  body: '',
  retryAfter: null,
  ...change,
});
/** Answer, words, and the seconds after which to try again. */
const REFUSALS: readonly (readonly [string, Answer, RegExp, number | null])[] = [
  ['gated by its code', answer(401, { errorCode: 'GatedRepo' }), /gated: accept its terms/, null],
  ['gated by its words', answer(403, { body: 'Access to model a/b is restricted' }), /gated/, null],
  ['private or misspelt', answer(401, { errorCode: 'RepoNotFound' }), /name is wrong, or the model is private/, null],
  ['a file that is not there', answer(404, { errorCode: 'EntryNotFound' }), /has no x\.onnx at this revision/, null],
  ['a repository that is not there', answer(404), /was not found/, null],
  ['a sign-in page', answer(200, { contentType: 'text/html; charset=utf-8' }), /proxy or sign-in page/, null],
  ['a sign-in page as an error', answer(503, { contentType: 'text/html' }), /proxy or sign-in page/, null],
  ['a proxy that wants a password', answer(407), /proxy .* sign-in/, null],
  ['too many requests', answer(429), /limits/, 30],
  ['too many requests, with a time', answer(429, { retryAfter: 12 }), /limits/, 12],
  ['a passing problem', answer(502), /passing problem \(502\)/, 1],
  ['a teapot', answer(418), /refused x\.onnx \(418\)/, null],
];
test.for(REFUSALS)('%s is said in words', ([, a, words, retryIn]) => {
  const r = refusal(a, 'a/b', 'x.onnx');
  expect(r.fault.message).toMatch(words);
  expect(r.retryIn).toBe(retryIn);
});

test('Retry-After is seconds or a date, and never more than five minutes', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  expect(retryAfter('7', now)).toBe(7);
  expect(retryAfter('Thu, 01 Jan 2026 00:00:30 GMT', now)).toBe(30);
  expect(retryAfter('86400', now)).toBe(300);
  expect(retryAfter('soon', now)).toBeNull();
  expect(retryAfter(null, now)).toBeNull();
});

test('parts cover a file once, whatever its length', () => {
  for (const size of [0, 1, 9, 10, 11, 20, 95]) {
    const ranges = Array.from({ length: partCount(size, 10) }, (_, i) => partRange(size, 10, i));
    expect(ranges[0]?.start).toBe(0);
    expect(ranges.at(-1)?.end).toBe(size);
    for (const [i, r] of ranges.entries()) if (i > 0) expect(r.start).toBe(ranges[i - 1]?.end);
  }
});

test('Content-Range is read, or not at all', () => {
  expect(readContentRange('bytes 5-9/20')).toEqual({ start: 5, end: 10, total: 20 });
  expect(readContentRange('bytes 5-9/*')).toEqual({ start: 5, end: 10, total: null });
  for (const bad of [null, '', 'bytes */20', 'items 0-1/2']) expect(readContentRange(bad)).toBeNull();
});

test('waiting grows to a minute', () => {
  expect([1, 2, 3, 7, 20].map((n) => backoff(n, 0.5))).toEqual([1, 2, 4, 60, 60]);
  expect(backoff(1, 0)).toBeLessThan(backoff(1, 1));
});

const file = (path: string, size: number): HubFile => ({ path, size, sha256: SHA, gitOid: OID });
const FACTS = { commit: OID, gated: false, licence: null };
const FILES = [
  file('config.json', 1),
  file('tokenizer.json', 2),
  file('onnx/vision_encoder.onnx', 10),
  file('onnx/vision_encoder_fp16.onnx', 5),
  file('onnx/embed_tokens.onnx', 20),
  file('onnx/decoder_model_merged.onnx', 100),
  file('onnx/decoder_model_merged_q4.onnx', 4),
  file('onnx/decoder_model_merged_q4.onnx_data', 40),
  file('onnx/decoder_with_past_model.onnx', 999),
];

test('a model on the hub: what each choice costs, to the byte', () => {
  const m = describeModel('a/b', FACTS, FILES, { model_type: 'llava' });
  expect(m.sizes['decoder_model_merged']).toEqual({ fp32: 100, q4: 44 });
  expect(m.smallBytes).toBe(3);
  const wasm = chooseFiles(m, 'q4', { kind: 'wasm', half: false });
  expect(wasm.ok && wasm.value.bytes).toBe(3 + 10 + 20 + 44);
  const gpu = chooseFiles(m, 'auto', { kind: 'webgpu', half: true });
  expect(gpu.ok && gpu.value.dtypes).toEqual({
    vision_encoder: 'fp16',
    embed_tokens: 'fp32',
    decoder_model_merged: 'q4',
  });
});

test('of an encoder only the session that embeds images is downloaded', () => {
  const files = [
    file('config.json', 1),
    file('preprocessor_config.json', 2),
    file('onnx/model.onnx', 600),
    file('onnx/text_model.onnx', 250),
    file('onnx/vision_model.onnx', 350),
  ];
  const bytes = (config: unknown): number | false => {
    const choice = chooseFiles(describeModel('a/b', FACTS, files, config), 'fp32', { kind: 'wasm', half: false });
    return choice.ok && choice.value.bytes;
  };
  expect(bytes({ model_type: 'clip' })).toBe(353);
  expect(bytes({ model_type: 'dinov2' })).toBe(603);
});

test.for([
  ['of a family that cannot run', { model_type: 'glm_ocr' }, FILES, /glm_ocr cannot be scored/],
  ['without weights', { model_type: 'llava' }, FILES.slice(0, 2), /no \.onnx files/],
  [
    'with data files missing',
    {
      model_type: 'llava',
      'transformers.js_config': { use_external_data_format: { 'decoder_model_merged_q4.onnx': 2 } },
    },
    FILES,
    /lacks onnx\/decoder_model_merged_q4\.onnx_data_1/,
  ],
] as const)('a model %s is refused before anything downloads', ([, config, files, words]) => {
  const choice = chooseFiles(describeModel('a/b', FACTS, files, config), 'q4', { kind: 'wasm', half: false });
  expect(choice.ok ? '' : choice.fault.message).toMatch(words);
});

test('a model in a layout of its own is downloaded without what draws pictures', () => {
  const sizes = { prepare_inputs_embeds: 20, language_model: 100, lm_head: 8, gen_head: 30, image_decode: 40 };
  const files = [file('config.json', 1), ...Object.entries(sizes).map(([s, size]) => file(`onnx/${s}.onnx`, size))];
  const listed = [...files, file('onnx/language_model_q4f16.onnx', 25), file('onnx/lm_head_fp16.onnx', 4)];
  const model = describeModel('a/b', FACTS, listed, { model_type: 'multi_modality' });
  const due = (device: Parameters<typeof chooseFiles>[2], asked: string) => {
    const choice = chooseFiles(model, asked, device);
    return choice.ok ? [choice.value.bytes, choice.value.dtypes] : choice.fault.message;
  };
  const fp32 = { prepare_inputs_embeds: 'fp32', language_model: 'fp32', lm_head: 'fp32' };
  expect(due({ kind: 'wasm', half: false }, 'fp32')).toEqual([129, fp32]);
  const half = { prepare_inputs_embeds: 'fp32', language_model: 'q4f16', lm_head: 'fp16' };
  expect(due({ kind: 'webgpu', half: true }, 'q4f16')).toEqual([50, half]);
  const without = describeModel('a/b', FACTS, files.slice(0, 3), { model_type: 'multi_modality' });
  const refused = chooseFiles(without, 'fp32', { kind: 'wasm', half: false });
  expect(refused.ok ? '' : refused.fault.message).toBe('a/b has no lm_head in fp32.');
});

test('a model whose image is read with the prompt needs the session that reads it', () => {
  const sessions = ['vision_encoder', 'embed_tokens', 'decoder_model_merged', 'encoder_model'];
  const small = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'preprocessor_config.json'];
  const files = [...small.map((path) => file(path, 0)), ...sessions.map((s) => file(`onnx/${s}.onnx`, 1))];
  const config = { model_type: 'instructblip' };
  const choice = chooseFiles(describeModel('a/b', FACTS, files, config), 'fp32', { kind: 'wasm', half: false });
  expect(choice).toMatchObject({ ok: true, value: { dtypes: { encoder_model: 'fp32' }, bytes: 4 } });
});
