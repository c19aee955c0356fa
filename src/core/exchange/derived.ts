import { limitBenchmark } from '../benchmark/select.ts';
import type { Benchmark } from '../benchmark/types.ts';
import { PUBLISHED_READING, readAs } from '../methods/reading.ts';
import { orderMethods, recordsOfRun, withDerived } from '../methods/registry.ts';
import type { ResultRecord } from '../records/record.ts';
import type { RunInfo } from '../records/run-info.ts';
import { atOnce, type Steps } from '../steps.ts';
import { summarySteps, type Summary } from '../statistics/summary.ts';
import { inOrder } from './records-file.ts';

/** A run with its numbers: what every file of the results folder and every export is made of. */
export interface DerivedRun {
  readonly run: RunInfo;
  /** Under the run's limit. */
  readonly benchmark: Benchmark;
  /** In the benchmark's order, each once, read as `run.reading` says: those of records.jsonl. */
  readonly records: readonly ResultRecord[];
  /** The same with the choices that are made from what records hold (PMI): those that the numbers are about. */
  readonly all: readonly ResultRecord[];
  readonly summary: Summary;
}

/**
 * Derives a run's numbers from its records.
 * @param limit first N pairs only, as the run had it; null for all
 */
export function derivedRun(
  run: RunInfo,
  benchmark: Benchmark,
  records: readonly ResultRecord[],
  limit: number | null = null,
): DerivedRun {
  return atOnce(derivedSteps(run, benchmark, records, limit));
}

/** The same in steps. */
export function* derivedSteps(
  run: RunInfo,
  benchmark: Benchmark,
  records: readonly ResultRecord[],
  limit: number | null = null,
): Steps<DerivedRun> {
  const limited = limitBenchmark(benchmark, limit);
  const sorted = inOrder(limited, readAs(records, run.reading ?? PUBLISHED_READING));
  yield;
  const { records: ordered, derived } = withDerived(sorted);
  const all = [...ordered, ...derived];
  yield;
  // Methods that were asked for are named even where nothing of them was scored.
  const reported = orderMethods([...recordsOfRun(run.methods), ...all.map((r) => r.method)]);
  const summary = yield* summarySteps(limited, all, reported, run.imageSimilarity ?? {});
  return { run, benchmark: limited, records: ordered, all, summary };
}
