import { describe, expect, test } from 'vitest';
import type { Benchmark } from '../../../src/core/benchmark/types.ts';
import { DEFAULT_PIXEL_POLICY } from '../../../src/core/pixels/types.ts';
import { NO_WORK } from '../../../src/core/plan/types.ts';
import type { RunInfo } from '../../../src/core/results/run.ts';
import { assertResumable, assertSame } from '../../../src/drive/same.ts';
import type { Capabilities } from '../../../src/run/device.ts';
import type { ResolvedModel } from '../../../src/run/ports.ts';
import type { RunConfig } from '../../../src/run/types.ts';

const hash = (letter: string): string => letter.repeat(64);
const paths = ['vision_encoder', 'embed_tokens', 'decoder_model_merged', 'decoder_model_merged_q4'];
const files = paths.map((name) => ({ path: `onnx/${name}.onnx`, size: 1, sha256: hash('a') }));
const dtype = { vision_encoder: 'fp32', embed_tokens: 'fp32', decoder_model_merged: 'fp32' };

const before: RunInfo = {
  format: 'lookalike-results/1',
  lookalike: '0.1.0',
  startedAt: '2026-01-01T00:00:00Z',
  finishedAt: null,
  state: 'stopped',
  model: { id: 'tiny', revision: null, family: 'llava', dtype, files },
  benchmark: { name: 'pairs', sha256: hash('b'), pairs: 1, questions: 2, images: 2 },
  promptSet: { name: 'own', sha256: hash('c'), prompts: {} },
  methods: ['gd'],
  device: { kind: 'wasm', adapter: null, features: [], limits: {}, browser: 'Chromium 1', threads: 1 },
  libraries: {},
  scoringVersion: '1',
  pixels: DEFAULT_PIXEL_POLICY,
  certificate: null,
  work: NO_WORK,
  seconds: { load: 0, score: 0 },
  command: null,
};
const benchmark: Benchmark = { name: 'pairs', sha256: hash('b'), pairs: [], skipped: [], problems: [] };
const config: RunConfig = {
  id: 'run',
  createdAt: '',
  benchmarkId: 'b',
  benchmarkName: 'pairs',
  modelId: 'served:drive/model/',
  methods: ['gd'],
  promptSet: { name: 'own', prompts: { letter: '', open: '' }, system: null },
  promptSetSha256: hash('c'),
  device: 'wasm',
  dtype: 'fp32',
  threads: 'auto',
  limit: null,
  policy: DEFAULT_PIXEL_POLICY,
  allowUncertified: false,
};
const model: ResolvedModel = {
  id: 'tiny',
  revision: null,
  source: { kind: 'served', base: '', files },
  files,
  config: { model_type: 'llava' },
};
const browser: Capabilities = { browser: 'Chromium 1', cores: 2, isolated: true, adapter: null };

describe('an unfinished run may be gone on with', () => {
  test('by the same benchmark, prompts, model, device and dtype', () => {
    expect(() => assertResumable(before, benchmark, config, model, browser)).not.toThrow();
    expect(() => assertSame(before, { ...before, state: 'done', methods: ['gd', 'ps'] })).not.toThrow();
  });

  test('when device and dtype are left open and what it had is still offered', () => {
    const open = { ...config, device: 'auto', dtype: 'auto' } as const;
    expect(() => assertResumable(before, benchmark, open, model, browser)).not.toThrow();
  });

  test('with any device when it never got as far as having one', () => {
    const early = {
      ...before,
      model: { ...before.model, dtype: {} },
      device: { ...before.device, kind: 'webgpu' },
    } as const;
    expect(() => assertResumable(early, benchmark, config, model, browser)).not.toThrow();
  });
});

describe('it is refused, with the difference named', () => {
  test.each([
    [
      'benchmark',
      { ...benchmark, sha256: hash('d') },
      config,
      model,
      'the benchmark was pairs (bbbbbbbb) and is pairs (dddddddd)',
    ],
    [
      'prompts',
      benchmark,
      { ...config, promptSetSha256: hash('d') },
      model,
      'the prompt set was own (cccccccc) and is own (dddddddd)',
    ],
    ['device', benchmark, { ...config, device: 'webgpu' } as const, model, 'the device was wasm and is webgpu'],
    [
      'dtype',
      benchmark,
      { ...config, dtype: 'q4' },
      model,
      'the dtype was decoder_model_merged fp32, embed_tokens fp32, vision_encoder fp32 and is decoder_model_merged q4,',
    ],
    [
      'model',
      benchmark,
      config,
      { ...model, id: 'other', files: files.map((f, i) => (i === 2 ? { ...f, sha256: hash('e') } : f)) },
      'the model was tiny and is other, with another onnx/decoder_model_merged.onnx',
    ],
  ])('another %s', (_what, b, c, m, words) => {
    expect(() => assertResumable(before, b, c, m, browser)).toThrow(words);
  });

  test('another example image', () => {
    const shown = { ...before, promptSet: { ...before.promptSet, shotImages: { 'a.png': hash('1') } } };
    const now = (digit: string) => ({ ...config, shotImages: { 'a.png': hash(digit) } });
    expect(() => assertResumable(shown, benchmark, now('2'), model, browser)).toThrow('the example image a.png');
    expect(() => assertResumable(shown, benchmark, now('1'), model, browser)).not.toThrow();
    expect(() => assertResumable(before, benchmark, now('1'), model, browser)).not.toThrow();
  });

  test.each([
    [
      'device',
      { ...before, device: { ...before.device, kind: 'webgpu' } } as const,
      'the device was wasm and is webgpu',
    ],
    ['adapter', { ...before, device: { ...before.device, adapter: { vendor: 'x' } } }, 'the adapter was'],
    ['scoring version', { ...before, scoringVersion: '2' }, 'the scoring version was 1 and is 2'],
    [
      'pixel policy',
      { ...before, pixels: { ...DEFAULT_PIXEL_POLICY, alpha: 'white' } } as const,
      'the pixel policy was',
    ],
  ])('another %s, once certified', (_what, now, words) => {
    expect(() => assertSame(before, now)).toThrow(words);
  });
});
