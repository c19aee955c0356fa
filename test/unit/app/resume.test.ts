import { beforeEach, describe, expect, test } from 'vitest';
import type { Benchmark, Pair, PairImage } from '../../../src/core/benchmark/types.ts';
import { DEFAULT_PIXEL_POLICY } from '../../../src/core/images/types.ts';
import { NO_WORK } from '../../../src/core/plan/types.ts';
import type { RunInfo } from '../../../src/core/records/run-info.ts';
import { continueRun, type ContinueOptions } from '../../../src/app/resume.ts';
import type { ResultRecord } from '../../../src/core/records/record.ts';
import type { Capabilities } from '../../../src/engines/local/device.ts';
import type { RunPorts } from '../../../src/run/ports.ts';
import type { ResolvedModel } from '../../../src/engines/local/model.ts';
import type { RunConfig } from '../../../src/core/records/run-config.ts';

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
const browser: Capabilities = {
  browser: 'Chromium 1',
  cores: 2,
  isolated: true,
  shared: true,
  locks: true,
  offscreen: true,
  memory: null,
  adapter: null,
};

const record: ResultRecord = {
  ...{ pair: '7', image: 1, method: 'gd', right: 'A', imageSha256: hash('f'), notes: [] },
  ...{ status: 'failed', chosen: null, correct: null, options: null, fault: { code: 'runtime', message: '' } },
};
const judged = { kind: 'model', id: 'judge', sha256: hash('9'), dtype: 'fp32' } as const;
const judgeFiles = [{ path: 'onnx/model.onnx', size: 1, sha256: hash('9') }];

/** What is stored and what is there now; a test changes one of it. */
interface World {
  before: RunInfo | null;
  benchmark: Benchmark;
  config: RunConfig;
  model: ResolvedModel;
  judge: ResolvedModel;
  records: readonly ResultRecord[];
  browser: Capabilities;
}
let world: World;
let kept: RunInfo[];
beforeEach(() => {
  kept = [];
  const judge = { ...model, id: 'judge', files: judgeFiles };
  world = { before, benchmark, config, model, judge, records: [], browser };
});

function go(options: Partial<ContinueOptions> = {}): ReturnType<typeof continueRun<RunPorts>> {
  const never = (): never => {
    throw new Error('not asked for');
  };
  const ports: RunPorts = {
    ...{ engine: never, judge: never, judgeTest: never, keepJudgeTest: never, browser: 'test' },
    benchmark: async () => world.benchmark,
    records: async () => world.records,
    keepRecords: never,
    info: async () => world.before,
    keepInfo: async (_id, info) => void kept.push(info),
  };
  const resolve = async (id: string): Promise<ResolvedModel> =>
    id === world.config.modelId ? world.model : world.judge;
  return continueRun(ports, world.config, { resolve, browser: world.browser, ...options });
}

describe('a run goes on as the run that it was', () => {
  test('with the same benchmark, prompts, model, device and dtype', async () => {
    const { ports, config: taken } = await go();
    expect(taken).toEqual(config);
    await ports.keepInfo('run', { ...before, state: 'done', methods: ['gd', 'ps'] });
    expect(kept).toHaveLength(1);
  });

  test('what was left open is taken as it was', async () => {
    world.config = { ...config, device: 'auto', dtype: 'auto' };
    expect((await go()).config).toEqual({ ...config, device: 'wasm', dtype });
  });

  test('with any device when it never got as far as having one', async () => {
    world.before = {
      ...before,
      model: { ...before.model, dtype: {} },
      device: { ...before.device, kind: 'webgpu' },
    };
    expect((await go()).config).toEqual(config);
  });

  test('a new run has nothing to be compared with', async () => {
    world.before = null;
    expect((await go()).config).toBe(config);
  });
});

const webgpu = { ...before.device, kind: 'webgpu', adapter: { vendor: 'old' } } as const;
const adapter = { info: { vendor: 'new' }, fallback: false, half: false, features: [], limits: {} };
const image = (n: string): PairImage => ({
  ...{ path: `${n}.png`, local: null, categories: [], right: 'A', caption: null, sha256: hash(n) },
});
const pair: Pair = {
  ...{ id: '7', question: '', options: { A: '', B: '' }, extra: {} },
  images: [image('1'), image('2')],
};

describe('it is refused, and what was and is stands in the sentence', () => {
  const shown = (digit: string) => ({ 'a.png': hash(digit) });
  const open = { methods: ['ff'], judgeId: 'other' };
  const cases: [string, () => Partial<World>, string][] = [
    [
      'benchmark',
      () => ({ benchmark: { ...benchmark, sha256: hash('d') } }),
      'the benchmark was pairs (bbbbbbbb) and is pairs (dddddddd)',
    ],
    [
      'image',
      () => ({ benchmark: { ...benchmark, pairs: [pair] }, records: [record] }),
      'the image 1 of pair 7 was ffffffff and is 11111111',
    ],
    [
      'prompt set',
      () => ({ config: { ...config, promptSetSha256: hash('d') } }),
      'the prompt set was own (cccccccc) and is own (dddddddd)',
    ],
    [
      'paraphrase',
      () => ({
        before: { ...before, paraphrases: [{ name: 'brief', sha256: hash('1'), prompts: {} }] },
        config: { ...config, paraphrases: [{ promptSet: { ...config.promptSet, name: 'formal' }, sha256: hash('2') }] },
      }),
      'the paraphrase 1 was brief (11111111) and is formal (22222222)',
    ],
    [
      'set of marks',
      () => ({
        before: { ...before, probes: { seed: 0, marks: { sha256: hash('1'), pairs: 1 }, flipAnswers: [] } },
        config: { ...config, probes: { seed: 0, marks: {}, marksSha256: hash('2'), flipAnswers: [] } },
      }),
      'the set of marks was 11111111 and is 22222222',
    ],
    [
      'seed',
      () => ({
        before: { ...before, probes: { seed: 0, marks: null, flipAnswers: [] } },
        config: { ...config, probes: { seed: 7, marks: null, marksSha256: null, flipAnswers: [] } },
      }),
      'the seed was 0 and is 7',
    ],
    [
      'example image',
      () => ({
        before: { ...before, promptSet: { ...before.promptSet, shotImages: shown('1') } },
        config: { ...config, shotImages: shown('2') },
      }),
      'the example image a.png was 11111111 and is 22222222',
    ],
    [
      'model',
      () => ({
        model: { ...model, id: 'other', files: files.map((f, i) => (i === 2 ? { ...f, sha256: hash('e') } : f)) },
      }),
      'the model was tiny and is other, with another onnx/decoder_model_merged.onnx',
    ],
    ['device', () => ({ config: { ...config, device: 'webgpu' } }), 'the device was wasm and is webgpu'],
    [
      'device that is gone',
      () => ({ before: { ...before, device: webgpu }, config: { ...config, device: 'auto' } }),
      'the device was webgpu and is no longer offered by this browser',
    ],
    [
      'dtype',
      () => ({ config: { ...config, dtype: 'q4' } }),
      'the dtype was decoder_model_merged fp32, embed_tokens fp32, vision_encoder fp32 and is decoder_model_merged q4,',
    ],
    [
      'adapter',
      () => ({
        before: { ...before, device: webgpu },
        config: { ...config, device: 'webgpu' },
        browser: { ...browser, adapter },
      }),
      'the adapter was vendor old and is vendor new',
    ],
    [
      'adapter of a run that had none',
      () => ({ before: { ...before, device: { ...before.device, adapter: { vendor: 'old' } } } }),
      'the adapter was vendor old and is none',
    ],
    ['scoring version', () => ({ before: { ...before, scoringVersion: '0' } }), 'the scoring version was 0 and is 1'],
    [
      'pixel policy',
      () => ({ before: { ...before, pixels: { ...DEFAULT_PIXEL_POLICY, alpha: 'white' } } }),
      'the pixel policy was alpha white',
    ],
    [
      'judge',
      () => ({
        before: { ...before, judge: { ...judged, files: judgeFiles } },
        benchmark: { ...benchmark, pairs: [pair] },
        config: { ...config, ...open },
        judge: { ...world.judge, id: 'other', files: [{ path: 'onnx/model.onnx', size: 1, sha256: hash('8') }] },
      }),
      'the judge was judge and is other, with another onnx/model.onnx',
    ],
    [
      'judge that is the tested model',
      () => ({
        before: { ...before, judge: { ...judged, files: judgeFiles } },
        benchmark: { ...benchmark, pairs: [pair] },
        config: { ...config, methods: ['ff'], judgeId: 'self' },
      }),
      'the judge was judge and is the tested model itself (tiny)',
    ],
  ];
  test.each(cases)('another %s', async (_what, changed, words) => {
    world = { ...world, ...changed() };
    await expect(go()).rejects.toMatchObject({
      fault: { code: 'another-run', message: expect.stringContaining(words) },
    });
  });

  test('two changes are both named', async () => {
    world.before = { ...before, scoringVersion: '0' };
    world.config = { ...config, device: 'webgpu' };
    await expect(go()).rejects.toThrow('the scoring version was 0 and is 1; the device was wasm and is webgpu');
  });

  test('another judge does not matter where nothing is left to be judged', async () => {
    world.before = { ...before, judge: { ...judged, files: judgeFiles } };
    world.judge = { ...world.judge, files: [] };
    await expect(go()).resolves.toBeDefined();
  });

  test('the earlier device is offered where it can be had, and taken when that is wanted', async () => {
    world.config = { ...config, device: 'webgpu' };
    world.browser = { ...browser, adapter };
    await expect(go()).rejects.toMatchObject({ fault: { facts: { earlierDevice: 'wasm' } } });
    expect((await go({ asBefore: true })).config).toMatchObject({ device: 'wasm', dtype });
    world.before = { ...before, scoringVersion: '0' };
    await expect(go()).rejects.toMatchObject({ fault: { facts: { earlierDevice: null } } });
  });
});

describe('once the model is loaded', () => {
  test.each([
    ['device', { ...before, device: webgpu }, 'the device was wasm and is webgpu'],
    [
      'adapter',
      { ...before, device: { ...before.device, adapter: { vendor: 'x' } } },
      'the adapter was none and is vendor x',
    ],
    ['scoring version', { ...before, scoringVersion: '2' }, 'the scoring version was 1 and is 2'],
    [
      'pixel policy',
      { ...before, pixels: { ...DEFAULT_PIXEL_POLICY, alpha: 'white' } } as const,
      'the pixel policy was',
    ],
  ])('another %s is refused, and nothing is kept of that attempt', async (_what, now, words) => {
    const { ports } = await go();
    await expect(ports.keepInfo('run', now)).rejects.toThrow(words);
    await ports.keepInfo('run', { ...before, state: 'failed' });
    expect(kept).toEqual([]);
  });
});
