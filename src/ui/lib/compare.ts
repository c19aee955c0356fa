import type { Summary } from '../../core/metrics/summary.ts';
import type { Interval } from '../../core/metrics/statistics.ts';

/** One run as a row of the comparison. */
export interface ComparedRun {
  readonly id: string;
  readonly title: string;
  readonly model: string;
  readonly benchmark: string;
  readonly benchmarkSha256: string;
  readonly certified: boolean;
  readonly pairs: number;
  readonly summary: Summary;
  /** Of the best set accuracy. */
  readonly interval: Interval | null;
}

export type ComparedNumber = 'set' | 'individual' | 'confusion';

/** Highest set accuracy of all runs and methods; null when there is none. */
export function bestOverall(runs: readonly ComparedRun[]): number | null {
  const values = runs.flatMap((r) => (r.summary.best?.set ? [r.summary.best.set.value] : []));
  return values.length === 0 ? null : Math.max(...values);
}

/** Whether a method has the run's best number; confusion has no best. */
export function isBest(run: ComparedRun, method: string, number: ComparedNumber): boolean {
  if (number === 'confusion') return false;
  const best = run.summary.best?.[number];
  return best !== undefined && best !== null && run.summary.methods[method]?.[number] === best.value && best.value > 0;
}

/** Runs that ask the same benchmark can be compared; this says which others stand in the same table. */
export function benchmarksIn(runs: readonly ComparedRun[]): readonly string[] {
  const names = new Map(runs.map((r) => [`${r.benchmarkSha256}/${r.pairs}`, `${r.benchmark} (${r.pairs} pairs)`]));
  return [...names.values()];
}
