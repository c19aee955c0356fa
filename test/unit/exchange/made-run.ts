import { createHash } from 'node:crypto';
import { shardOf, type Shard } from '../../../src/core/benchmark/shard.ts';
import type { Benchmark, ImageIndex, Letter, Pair, PairImage } from '../../../src/core/benchmark/types.ts';
import { canonicalJson } from '../../../src/core/exchange/canonical.ts';
import { resultsFiles } from '../../../src/core/exchange/results-folder.ts';
import { LOOKALIKE } from '../../../src/core/prompts/default.ts';
import type { OptionScore, ResultRecord } from '../../../src/core/records/record.ts';
import type { RunInfo } from '../../../src/core/records/run-info.ts';
import { readFolder, type Results } from '../../../src/app/results/folder.ts';
import { mediconfusion } from '../statistics/fixtures.ts';

export const hash = (of: string): string => createHash('sha256').update(of).digest('hex');

const public176 = mediconfusion();
const withHash = (image: PairImage): PairImage => ({
  ...image,
  caption: null,
  sha256: hash(image.sha256 ?? image.path),
});

/** The public benchmark (176 pairs in 60 groups that share images), each image with a hash of its own. */
export const BENCHMARK: Benchmark = {
  ...public176,
  problems: [],
  pairs: public176.pairs.map((p) => ({ ...p, images: [withHash(p.images[0]), withHash(p.images[1])] })),
};

const file = (path: string): RunInfo['model']['files'][number] => ({ path, size: 10, sha256: hash(path) });

/** run.json of a made run over some pairs. */
export function madeInfo(benchmark: Benchmark, more: Partial<RunInfo> = {}): RunInfo {
  const images = new Set(benchmark.pairs.flatMap((p) => p.images.map((i) => i.sha256)));
  return {
    format: 'lookalike-results/1',
    lookalike: '0.1.0',
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:01:00.000Z',
    state: 'done',
    model: {
      ...{ id: 'org/made-vlm', revision: null, family: 'llava', dtype: { decoder: 'fp32' } },
      files: [file('config.json'), file('onnx/decoder.onnx'), file('onnx/vision_encoder.onnx')],
    },
    benchmark: {
      ...{ name: benchmark.name, sha256: benchmark.sha256, pairs: benchmark.pairs.length },
      ...{ questions: benchmark.pairs.length * 2, images: images.size },
    },
    promptSet: { name: LOOKALIKE.name, sha256: hash(canonicalJson(LOOKALIKE)), prompts: LOOKALIKE.prompts },
    methods: ['gd', 'ps', 'mc'],
    chat: { thinking: 'off', date: '2024-07-26', thoughtTokens: 1024, template: 'tokenizer_config.json' },
    device: { kind: 'wasm', adapter: null, features: [], limits: {}, browser: 'Chromium 140', threads: 2 },
    libraries: { 'onnxruntime-web': '1.31.0' },
    scoringVersion: '1',
    pixels: { passOrder: 'horizontal-first', exif: 'apply', alpha: 'drop' },
    certificate: { passed: true, overridden: false },
    work: {
      ...{ imageEncodes: images.size, prefills: benchmark.pairs.length, prefillTokens: benchmark.pairs.length * 60 },
      ...{ suffixes: benchmark.pairs.length * 4, suffixTokens: benchmark.pairs.length * 9, decodeTokens: 0 },
    },
    seconds: { load: 1, score: 2 },
    command: 'lookalike evaluate',
    ...more,
  };
}

/** A number from 0 to 1 that a text decides. */
const drawn = (of: string): number => parseInt(hash(of).slice(0, 8), 16) / 0xffffffff;

/** Records as the engine makes them, with likelihoods that their names decide. */
export function madeRecords({ pairs }: Pick<Benchmark, 'pairs'>): ResultRecord[] {
  return pairs.flatMap((pair) =>
    ([1, 2] as const).flatMap((image) =>
      ['gd', 'ps', 'ps-official'].map((method) => likely(pair, image, method)).concat(written(pair, image)),
    ),
  );
}

function likely(pair: Pair, image: ImageIndex, method: string): ResultRecord {
  const { right, sha256 } = pair.images[image === 1 ? 0 : 1];
  const option = (letter: Letter): OptionScore => {
    const score = -drawn(`${pair.id}/${image}/${method}/${letter}`) * 3;
    return { score, sum: score, tokens: [letter === 'A' ? 72 : 73], tokenLogprobs: [score] };
  };
  const options = { A: option('A'), B: option('B') };
  const chosen = options.A.score >= options.B.score ? 'A' : 'B';
  return {
    ...{ pair: pair.id, image, method, status: 'scored', chosen, right, correct: chosen === right, options },
    mass: method === 'gd' ? Math.exp(options.A.score) / 2 : null,
    margin: Math.abs(options.A.score - options.B.score),
    letterVariants: method === 'gd' ? { A: [{ token: 72, piece: 'A', logprob: options.A.score }], B: [] } : null,
    ...{ text: null, imageSha256: sha256 ?? '', promptTokens: 64, notes: [] },
  };
}

function written(pair: Pair, image: ImageIndex): ResultRecord {
  const { right, sha256 } = pair.images[image === 1 ? 0 : 1];
  const draw = drawn(`${pair.id}/${image}/mc`);
  const chosen = draw < 0.1 ? null : draw < 0.6 ? 'A' : 'B';
  return {
    ...{ pair: pair.id, image, method: 'mc', status: 'scored', chosen, right, correct: chosen === right },
    ...{ options: null, mass: null, margin: null, letterVariants: null, promptTokens: 64, notes: [] },
    ...{ text: chosen === null ? 'I cannot say, "perhaps" – é\n中' : `${chosen}.`, imageSha256: sha256 ?? '' },
  };
}

export type Files = ReadonlyMap<string, string>;

/** The results folder of a made run over the whole benchmark or a share of it, as texts. */
export function madeFolder(shard: Shard | null = null, more: Partial<RunInfo> = {}, benchmark = BENCHMARK): Files {
  const part = shard ? shardOf(benchmark, shard) : benchmark;
  const named = shard ? { shard: { ...shard, pairs: benchmark.pairs.length } } : {};
  const info = madeInfo(part, { ...named, ...more });
  return new Map(resultsFiles(info, part, madeRecords(part)).map((f) => [f.path, f.text]));
}

/** The folder as it is read. */
export function read(name: string, files: Files): Results & { readonly benchmark: Benchmark } {
  const results = readFolder(name, (path) => files.get(path) ?? null);
  if (results.benchmark === null) throw new Error(`${name} has no benchmark.json`);
  return { ...results, benchmark: results.benchmark };
}
