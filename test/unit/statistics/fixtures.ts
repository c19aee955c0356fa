import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { readBenchmark, withImages } from '../../../src/core/benchmark/read.ts';
import type { Benchmark, Letter, Pair } from '../../../src/core/benchmark/types.ts';
import type { ResultRecord } from '../../../src/core/records/record.ts';

const url = (path: string): URL => new URL(`../../data/${path}`, import.meta.url);
export const text = (path: string): string =>
  path.endsWith('.gz') ? gunzipSync(readFileSync(url(path))).toString('utf8') : readFileSync(url(path), 'utf8');
export const json = (path: string): unknown => JSON.parse(text(path));

/** The real question file; each image stands for its own content. */
export function mediconfusion(): Benchmark {
  const questions = text('mediconfusion/dataset.json');
  const ids = new Set([...questions.matchAll(/"im_[12]_local": (\d+)/g)].map((m) => m[1]));
  const files = [...ids].map((id) => ({ path: `data/images/${id}.jpg` }));
  const read = readBenchmark('mediconfusion', files, {
    path: 'data/dataset.json',
    text: questions,
    sha256: '0'.repeat(64),
  });
  if (!read.ok) throw new Error(read.fault.message);
  return withImages(read.value, new Map(read.value.images.map((p) => [p, { sha256: p }])));
}

/** A scored record as an importer makes it, without likelihoods. */
export function record(pair: Pair, image: 1 | 2, method: string, chosen: Letter | null): ResultRecord {
  const { right, sha256 } = pair.images[image === 1 ? 0 : 1];
  return {
    ...{ pair: pair.id, image, method, status: 'scored', chosen, right, correct: chosen === right },
    ...{ options: null, mass: null, margin: null, letterVariants: null, text: null, promptTokens: 0 },
    ...{ imageSha256: sha256 ?? '', notes: [] },
  };
}

/** Records of a policy that answers each question of a benchmark. */
export function policy(
  benchmark: Benchmark,
  method: string,
  answer: (pair: Pair, image: 1 | 2) => Letter | null,
): ResultRecord[] {
  return benchmark.pairs.flatMap((p) => ([1, 2] as const).map((i) => record(p, i, method, answer(p, i))));
}

export function failed(pair: Pair, image: 1 | 2, method: string): ResultRecord {
  const { right } = pair.images[image === 1 ? 0 : 1];
  return {
    ...{ pair: pair.id, image, method, status: 'failed', chosen: null, right, correct: null, options: null },
    ...{ imageSha256: '', notes: [], fault: { code: 'device-lost', message: 'The GPU was lost.' } },
  };
}
