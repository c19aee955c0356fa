import { limitBenchmark } from '../../core/benchmark/select.ts';
import type { Benchmark } from '../../core/benchmark/types.ts';
import { summarise, type Summary } from '../../core/metrics/summary.ts';
import type { ResultRecord } from '../../core/scoring/record.ts';

/** A run's numbers, from its records; the benchmark under the run's own limit. */
export function summaryOf(benchmark: Benchmark, limit: number | null, records: readonly ResultRecord[]): Summary {
  return summarise(limitBenchmark(benchmark, limit), records);
}
