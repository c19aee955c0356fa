import type { Benchmark, Pair } from './types.ts';

/** The first pairs that can run, as many as a limit lets through; all of them without one. */
export function limitPairs({ pairs }: Pick<Benchmark, 'pairs'>, limit: number | null): readonly Pair[] {
  return limit === null ? pairs : pairs.slice(0, limit);
}

/**
 * The part of a benchmark that a run under `--limit` is about: its first pairs that can run; the skipped ones count only where the limit reaches
 * beyond all that can run. A shard is a share of what the limit had left, and stays as it is.
 */
export function limitBenchmark(benchmark: Benchmark, limit: number | null): Benchmark {
  if (limit === null || benchmark.pairs.length < limit || benchmark.part) return benchmark;
  return { ...benchmark, pairs: limitPairs(benchmark, limit), skipped: [] };
}
