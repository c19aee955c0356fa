import { limitBenchmark } from '../../core/benchmark/select.ts';
import type { Benchmark } from '../../core/benchmark/types.ts';
import type { RecordIndex } from '../../core/statistics/counts.ts';
import { countRun, type RunNumbers } from '../../core/statistics/summary.ts';

/** A run's numbers, from its records; the benchmark under the run's own limit. Nothing is resampled: it is made anew with every record that comes in. */
export function numbersOf(benchmark: Benchmark, limit: number | null, index: RecordIndex): RunNumbers {
  return countRun(limitBenchmark(benchmark, limit), index);
}
