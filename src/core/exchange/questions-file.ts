import type { Benchmark, Pair, PairImage } from '../benchmark/types.ts';
import { strictJson } from './canonical.ts';

/** Name of the file in a results folder that holds the questions which its records answer. */
export const QUESTIONS_FILE = 'benchmark.json';
export const QUESTIONS_FORMAT = 'lookalike-benchmark/1';

/**
 * benchmark.json of a results folder: the pairs of the run with their questions, options, right answers, categories, other fields and the hashes of their
 * images, one pair a line. With it the folder stands alone: it can be merged, exported and reported without the benchmark. Captions and images are left out.
 * @param benchmark as the run asked it (limit and shard applied)
 */
export function questionsText(benchmark: Benchmark): string {
  const { name, sha256, part, pairs, skipped } = benchmark;
  const head = { format: QUESTIONS_FORMAT, name, sha256, ...(part ? { part } : {}) };
  const list = (rows: readonly unknown[]): string =>
    rows.length === 0 ? '[]' : `[\n${rows.map((row) => `    ${strictJson(row)}`).join(',\n')}\n  ]`;
  const fields = Object.entries(head).map(([key, value]) => `  ${strictJson(key)}: ${strictJson(value)},\n`);
  const reasons = skipped.map(({ pair, reason }) => ({ pair, reason }));
  return `{\n${fields.join('')}  "pairs": ${list(pairs.map(pairRow))},\n  "skipped": ${list(reasons)}\n}\n`;
}

function pairRow({ id, question, options, images, extra }: Pair): object {
  return {
    ...{ id, question, options: { A: options.A, B: options.B } },
    ...{ images: images.map(imageRow), extra },
  };
}

function imageRow({ path, local, categories, right, sha256 }: PairImage): object {
  return { path, local, categories, right, sha256 };
}
