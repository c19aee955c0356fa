import { isMediConfusion, MEDICONFUSION_PAIRS } from '../../core/benchmark/mediconfusion.ts';
import { coarseWeights } from '../../core/certificate/precision.ts';
import { isCertified } from '../../core/exchange/results-folder.ts';
import { guessingRow, publishedRows } from '../../core/reports/published.ts';
import { rowOfSummary, type ModelRow } from '../../core/reports/rows.ts';
import type { RunNumbers } from '../../core/statistics/summary.ts';
import type { Interval } from '../../core/statistics/comparison.ts';
import type { HeldRun } from '../../app/report.ts';
import type { StoredRun } from '../../store/rows.ts';

/** One run in the comparison. */
export interface ComparedRun {
  readonly run: StoredRun;
  /** Model, and benchmark and day where others have the same. */
  readonly title: string;
  readonly benchmark: string;
  readonly benchmarkSha256: string;
  readonly pairs: number;
  /** Whether it has MC texts, which can be read otherwise. */
  readonly mcTexts: boolean;
  readonly summary: RunNumbers;
  /** The run with its benchmark and its records as they are kept, for a report. */
  readonly held: HeldRun;
  /** Intervals of set accuracy by method, of those that were asked plainly and have a scored pair. */
  readonly intervals: Readonly<Record<string, Interval>>;
}

/**
 * Official files hold one method each: imported runs of one model on the same questions are one row, as in the paper. Two files of the same method stay
 * two rows.
 */
function joined(runs: readonly ComparedRun[]): readonly ComparedRun[] {
  const rows: ComparedRun[] = [];
  for (const next of runs) {
    const at = rows.findIndex((row) => sameImported(row, next));
    const row = rows[at];
    if (!row) rows.push(next);
    else rows[at] = { ...row, title: row.run.info?.model.id ?? row.title, summary: both(row.summary, next.summary) };
  }
  return rows;
}

function sameImported(a: ComparedRun, b: ComparedRun): boolean {
  const imported = a.run.status === 'imported' && b.run.status === 'imported';
  const same = a.run.info?.model.id === b.run.info?.model.id && a.benchmarkSha256 === b.benchmarkSha256;
  return imported && same && Object.keys(b.summary.methods).every((m) => !(m in a.summary.methods));
}

function both(a: RunNumbers, b: RunNumbers): RunNumbers {
  return { ...a, failed: a.failed + b.failed, methods: { ...a.methods, ...b.methods } };
}

/** Rows of Tables 1 and 2: published ones first where wanted, as in the paper, then guessing, then the runs. */
export function tableRows(runs: readonly ComparedRun[], published: boolean): readonly ModelRow[] {
  const own = joined(runs).map(({ run, title, summary }) => ({
    ...rowOfSummary(
      coarseWeights(run.info?.certificate) === null ? title : `${title} (weights too coarse)`,
      run.status === 'imported' ? 'imported' : 'local',
      summary,
      run.info !== null && isCertified(run.info),
    ),
    ...(summary.reviewed === false ? { unreviewed: true as const } : {}),
  }));
  return [...(published ? publishedRows() : []), guessingRow(), ...own];
}

/** Highest set accuracy of all runs; null when there is none. */
export function bestOverall(runs: readonly ComparedRun[]): number | null {
  const values = runs.flatMap((r) => (r.summary.best ? [r.summary.best.set.value] : []));
  return values.length === 0 ? null : Math.max(...values);
}

/** Whether all rows answer the same pairs, so that one may be called the best; the published ones answer all of MediConfusion's own. */
export function comparable(runs: readonly ComparedRun[], published: boolean): boolean {
  const whole = (r: ComparedRun): boolean => isMediConfusion(r.benchmarkSha256) && r.pairs === MEDICONFUSION_PAIRS;
  return benchmarksIn(runs).length <= 1 && (!published || runs.every(whole));
}

/** Runs that ask the same pairs can be compared; this names the different sets of pairs. */
export function benchmarksIn(runs: readonly ComparedRun[]): readonly string[] {
  const names = new Map(runs.map((r) => [`${r.benchmarkSha256}/${r.pairs}`, `${r.benchmark} (${r.pairs} pairs)`]));
  return [...names.values()];
}
