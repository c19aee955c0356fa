import 'fake-indexeddb/auto';
import { createHash } from 'node:crypto';
import type { Benchmark, PairImage } from '../../../src/core/benchmark/types.ts';
import { DEFAULT_PIXEL_POLICY } from '../../../src/core/images/types.ts';
import type { ScoredRecord } from '../../../src/core/records/record.ts';
import type { RunConfig } from '../../../src/core/records/run-config.ts';
import { noise } from './noise.ts';
import { openStore, type Store } from '../../../src/store/db.ts';
import type { ModelFileInput } from '../../../src/store/models.ts';

export { noise };

let names = 0;
/** A store of its own for each test. */
export function freshStore(): Promise<Store> {
  return openStore(`test-${names++}`);
}

export const sha = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

const image = (bytes: string, right: 'A' | 'B'): PairImage => ({
  path: `${bytes}.png`,
  local: bytes,
  categories: ['Cerebral'],
  right,
  caption: null,
  sha256: sha(bytes),
});

/** A benchmark whose images are the given texts, two a pair. */
export function benchmarkOf(name: string, ...images: string[]): { benchmark: Benchmark; blobs: Map<string, Blob> } {
  const pairs = [];
  for (let i = 0; i + 1 < images.length; i += 2)
    pairs.push({
      id: `${name}-${i}`,
      question: 'Which?',
      options: { A: 'this', B: 'that' },
      images: [image(images[i] ?? '', 'A'), image(images[i + 1] ?? '', 'B')] as const,
      extra: { difficulty: 2 },
    });
  const benchmark: Benchmark = { name, sha256: sha(name), pairs, skipped: [], problems: [] };
  return { benchmark, blobs: new Map(images.map((i) => [sha(i), new Blob([i])])) };
}

export function record(pair: string, chosen: 'A' | 'B' = 'A', method = 'gd'): ScoredRecord {
  const option = { score: -0.5, sum: -0.5, tokens: [3], tokenLogprobs: [-0.5] };
  return {
    pair,
    image: 1,
    method,
    right: 'A',
    imageSha256: sha(pair),
    notes: [],
    status: 'scored',
    chosen,
    correct: chosen === 'A',
    options: { A: option, B: { ...option, score: -1.25 } },
    mass: 0.9,
    margin: 0.75,
    letterVariants: { A: [{ token: 3, piece: 'A', logprob: -0.5 }], B: [] },
    text: null,
    promptTokens: 12,
  };
}

export const config = (id: string, createdAt = '2026-01-01T00:00:00.000Z'): RunConfig => ({
  id,
  createdAt,
  benchmarkId: 'b',
  benchmarkName: 'bench',
  modelId: 'm',
  methods: ['gd'],
  promptSet: { name: 'p', prompts: { letter: '{q}', open: '{q}' }, system: null },
  promptSetSha256: sha('p'),
  device: 'wasm',
  dtype: { decoder_model_merged: 'q4' },
  threads: 'auto',
  limit: null,
  policy: DEFAULT_PIXEL_POLICY,
  allowUncertified: false,
});

/** A model folder as a picker gives it, inside a folder of its own. */
export function modelFolder(weights: Uint8Array<ArrayBuffer> = noise(1000)): ModelFileInput[] {
  return [
    { path: 'my-model/config.json', blob: new Blob(['{"model_type":"llava"}']) },
    { path: 'my-model/onnx/decoder_model_merged_q4.onnx', blob: new Blob([weights]) },
    { path: 'my-model/onnx/vision_encoder.onnx', blob: new Blob([noise(300, 2)]) },
    { path: 'my-model/onnx/empty.onnx', blob: new Blob([]) },
    { path: 'my-model/pytorch_model.bin', blob: new Blob([noise(50, 3)]) },
    { path: 'my-model/.DS_Store', blob: new Blob(['x']) },
  ];
}

/** What an awaited call was refused with. */
export async function faultOf(work: Promise<unknown>): Promise<{ code: string; message: string; facts: unknown }> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error && 'fault' in error)
      return error.fault as { code: string; message: string; facts: unknown };
    throw error;
  }
  throw new Error('nothing was refused');
}
