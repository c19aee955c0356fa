import { expect, test } from 'vitest';
import { encoderOf } from '../../../src/core/discovery/encoders.ts';
import { builtInCatalogue, readCatalogue, userEntry } from '../../../src/core/models/catalogue.ts';
import { downloadBytes, fit, type DeviceLimits } from '../../../src/core/models/fit.ts';
import { dataFilesOf, dtypesIn, filesFor, modelFiles, modelRoot, sessionOf } from '../../../src/core/models/folder.ts';
import { DTYPES, DTYPE_SUFFIX, type DtypeMap } from '../../../src/core/models/dtypes.ts';

const built = builtInCatalogue();
const entries = built.ok ? built.value : [];
const smol = entries.find((e) => e.id === 'HuggingFaceTB/SmolVLM-256M-Instruct');
if (!smol) throw new Error('the catalogue lacks its first model');

test('the shipped catalogue is valid and has models of every kind', () => {
  expect(built).toMatchObject({ ok: true });
  expect(new Set(entries.map((e) => e.kind))).toEqual(new Set(['vision-language', 'encoder', 'judge']));
  expect(entries.length).toBeGreaterThan(30);
});

test('every image encoder of the shipped catalogue is of a kind that Lookalike has, with its licence and its size in fp32', () => {
  for (const entry of entries.filter((e) => e.kind === 'encoder')) {
    const kind = encoderOf({ model_type: entry.modelType }, []);
    expect(kind, entry.id).toMatchObject({ ok: true });
    expect(entry.licence.name, entry.id).not.toMatch(/model card/);
    const session = kind.ok ? (kind.value.sessions.find((s) => entry.sizes[s]) ?? '') : '';
    expect(downloadBytes(entry, { [session]: 'fp32' }), entry.id).toBeGreaterThan(20e6);
  }
});

test.for([
  ['an id with a path in it', { id: 'a/../b' }, /id/],
  ['a size that is no number', { sizes: { vision_encoder: { q4: 'much' } } }, /sizes/],
  ['an unknown dtype', { total: { q3: 5 } }, /total/],
  ['a licence link that is no https address', { licence: { name: 'x', url: 'javascript:alert(1)' } }, /licence/],
  ['a revision that is no commit', { revision: 'main' }, /revision/],
] as const)('a catalogue with %s is refused', ([, change, words]) => {
  const r = readCatalogue({ format: 'lookalike-catalogue/1', models: [{ ...smol, ...change }] });
  expect(r.ok ? '' : r.fault.message).toMatch(words);
});

test('a user may write an id or paste an address', () => {
  for (const text of ['a/b', ' a/b ', 'https://huggingface.co/a/b', 'https://hub.example/a/b/tree/main'])
    expect(userEntry(text)).toMatchObject({ ok: true, value: { id: 'a/b' } });
  for (const text of ['b', '', '../b', 'a/b/c', 'a b/c']) expect(userEntry(text).ok, text).toBe(false);
});

test('every dtype is read back from the file name that it makes', () => {
  for (const dtype of DTYPES)
    expect(sessionOf(`onnx/vision_encoder${DTYPE_SUFFIX[dtype]}.onnx`)).toEqual({ session: 'vision_encoder', dtype });
  expect(sessionOf('onnx/x.onnx_data')).toBeNull();
  expect(dtypesIn(['onnx/a_q4f16.onnx', 'onnx/a.onnx', 'config.json'])).toEqual({ a: ['fp32', 'q4f16'] });
});

const LISTED = [
  'config.json',
  'tokenizer.json',
  'chat_template.jinja',
  'LICENSE',
  'README.md',
  'model.safetensors',
  'onnx/decoder_model_merged_q4.onnx',
  'onnx/decoder_model_merged_q4.onnx_data',
  'onnx/decoder_model_merged_q4.onnx_data_1',
  'onnx/decoder_model_merged.onnx',
  'onnx/vision_encoder_fp16.onnx',
];
const SMALL = ['config.json', 'tokenizer.json', 'chat_template.jinja', 'LICENSE'];
const formats: readonly (readonly [string, unknown])[] = [
  ['by file', { 'decoder_model_merged_q4.onnx': 2 }],
  ['by session', { decoder_model_merged: 2 }],
  ['not at all', undefined],
];
test.for(formats)('external data announced %s is taken', ([, format]) => {
  const config = { 'transformers.js_config': { use_external_data_format: format } };
  const chosen = filesFor(LISTED, { decoder_model_merged: 'q4', vision_encoder: 'fp16' }, config);
  expect(chosen).toEqual({
    files: [...SMALL, LISTED[6], LISTED[7], LISTED[8], 'onnx/vision_encoder_fp16.onnx'],
    missing: [],
  });
});

test('what is needed and not there is named', () => {
  const config = { 'transformers.js_config': { use_external_data_format: { 'vision_encoder_q4.onnx': true } } };
  expect(filesFor(['tokenizer.json'], { vision_encoder: 'q4' }, config).missing).toEqual([
    'config.json',
    'onnx/vision_encoder_q4.onnx',
    'onnx/vision_encoder_q4.onnx_data',
  ]);
});

test('a picked folder: the model is where the shallowest config.json is, other files are left', () => {
  expect(modelRoot(['a/m/config.json', 'a/m/sub/config.json', 'a/x.txt'])).toBe('a/m/');
  expect(modelRoot(['config.json'])).toBe('');
  expect(modelRoot(['x.onnx', 'myconfig.json'])).toBeNull();
  const used = modelFiles(LISTED);
  expect(LISTED.filter((p) => !used.includes(p))).toEqual(['README.md', 'model.safetensors']);
});

test('weights in a folder beside their graphs are taken; graphs in folders of their own stay, with their weights', () => {
  const listed = [
    ...['config.json', 'onnx/decoder.onnx', 'onnx/decoder_q4.onnx', 'onnx/weights/0.bin', 'onnx/decoder_q4/w/0.bin'],
    ...['onnx/fp16/decoder.onnx', 'onnx/fp16/decoder.onnx_data', 'onnx/.cache/x', 'onnx/weights/notes.txt'],
  ];
  expect(modelFiles(listed)).toEqual(listed.slice(0, 5));
  expect(dataFilesOf('onnx/decoder.onnx', listed)).toEqual(['onnx/weights/0.bin']);
  expect(dataFilesOf('onnx/decoder_q4.onnx', listed)).toEqual(['onnx/weights/0.bin', 'onnx/decoder_q4/w/0.bin']);
});

const ALL = (d: DtypeMap[string]): DtypeMap => ({ decoder_model_merged: d, embed_tokens: d, vision_encoder: d });
const ROOMY: DeviceLimits = {
  webgpu: true,
  shaderF16: true,
  maxBufferSize: 2 ** 31,
  maxStorageBufferBindingSize: 2 ** 31 - 1,
  memory: 8 * 2 ** 30,
  freeStorage: 100e9,
};
const big = entries.find((e) => e.id === 'HuggingFaceTB/SmolVLM-Instruct') ?? smol;
const MIXED: DtypeMap = { decoder_model_merged: 'fp16', embed_tokens: 'fp16', vision_encoder: 'fp16' };

test('the download is the sum of the chosen sessions', () => {
  expect(downloadBytes(smol, ALL('fp32'))).toBe(541e6 + 114e6 + 374e6);
  expect(downloadBytes(smol, ALL('q4'))).toBeNull();
  expect(downloadBytes({ sizes: {}, total: { q4f16: 5 } }, ALL('q4f16'))).toBe(5);
});

test.for([
  ['a small model on a roomy GPU', smol, ALL('fp32'), 'webgpu', ROOMY, 'fits', /^$/],
  ['f16 without shader-f16', smol, ALL('fp16'), 'webgpu', { ...ROOMY, shaderF16: false }, 'too-large', /shader-f16/],
  ['no WebGPU', smol, ALL('fp32'), 'webgpu', { ...ROOMY, webgpu: false }, 'too-large', /no WebGPU/],
  ['a table over the buffer', smol, ALL('fp32'), 'webgpu', { ...ROOMY, maxBufferSize: 100e6 }, 'too-large', /buffer/],
  [
    'a table over the binding',
    smol,
    ALL('fp32'),
    'webgpu',
    { ...ROOMY, maxStorageBufferBindingSize: 100e6 },
    'tight',
    /binding/,
  ],
  ['more than 4 GB in WASM', big, MIXED, 'wasm', ROOMY, 'too-large', /4 GB/],
  ['little memory', smol, ALL('fp32'), 'wasm', { ...ROOMY, memory: 1e9 }, 'too-large', /memory/],
  ['a full disk', smol, ALL('fp32'), 'wasm', { ...ROOMY, freeStorage: 5e8 }, 'too-large', /store/],
  ['a size nobody knows', smol, ALL('bnb4'), 'wasm', ROOMY, 'unknown', /not known/],
] as const)('%s', ([, entry, dtypes, device, limits, verdict, words]) => {
  const f = fit(entry, dtypes, device, limits);
  expect(f.verdict).toBe(verdict);
  expect(f.reasons.join(' ')).toMatch(words);
});
