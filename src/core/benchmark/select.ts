import type { Benchmark } from './types.ts';

/**
 * The part of a benchmark that a run under `--limit` is about: its first pairs that can run; the skipped ones count only where the limit reaches
 * beyond all that can run.
 */
export function limitBenchmark(benchmark: Benchmark, limit: number | null): Benchmark {
  if (limit === null || benchmark.pairs.length < limit) return benchmark;
  return { ...benchmark, pairs: benchmark.pairs.slice(0, limit), skipped: [] };
}
