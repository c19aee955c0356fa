import type { Benchmark } from '../core/benchmark/types.ts';
import { fault, FaultError } from '../core/fault.ts';
import type { Reading } from '../core/methods/reading.ts';
import type { Overlay } from '../core/overlay/overlay.ts';
import type { ResultRecord } from '../core/records/record.ts';
import { withReading, type RunInfo } from '../core/records/run-info.ts';
import { titlesOf } from '../core/reports/differences.ts';
import { reportText, type ReportForm } from '../core/reports/report.ts';
import { subjectOf, subjectSteps, type Subject } from '../core/reports/subject.ts';
import type { Steps } from '../core/steps.ts';
import { VERSION } from '../core/version.ts';

/** How many of the worst pairs a report shows where nobody says. */
const WORST = 12;

/** A run as the page holds it. */
export interface HeldRun {
  readonly info: RunInfo | null;
  readonly benchmark: Benchmark;
  /** As they are kept, read as published. */
  readonly records: readonly ResultRecord[];
}

/**
 * Runs of the page as the subjects of a report, read as the page reads them.
 * @throws FaultError 'not-found' where a run has not begun to score
 */
export function heldSubjects(runs: readonly HeldRun[], reading: Reading): readonly Subject[] {
  const begun = runs.map((r) => ({ ...r, info: readInfo(r, reading) }));
  const titles = titlesOf(
    begun.map((r) => r.info),
    begun.map((r) => r.info.startedAt.slice(0, 16).replace('T', ' ')),
  );
  return begun.map((r, i) => subjectOf(titles[i] ?? '', r.info, r.records, r.benchmark));
}

/**
 * A run of the page by itself, in steps.
 * @throws FaultError 'not-found' where it has not begun to score
 */
export function heldSubject(run: HeldRun, reading: Reading): Steps<Subject> {
  const info = readInfo(run, reading);
  return subjectSteps(titlesOf([info], [''])[0] ?? '', info, run.records, run.benchmark);
}

function readInfo({ info, records }: HeldRun, reading: Reading): RunInfo {
  if (info === null || records.length === 0)
    throw new FaultError(fault('not-found', 'This run has not begun to score, so there is nothing to report yet.'));
  return withReading(info, reading);
}

/** The report of runs of the page, as `report` writes it on the command line; no image is in it. */
export function reportOfRuns(subjects: readonly Subject[], form: ReportForm, overlay: Overlay | null): string {
  return reportText(form, subjects, { worst: WORST, overlay, version: VERSION });
}
