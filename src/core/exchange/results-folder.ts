import type { Benchmark } from '../benchmark/types.ts';
import { isObject } from '../json.ts';
import type { ResultRecord } from '../records/record.ts';
import { strictJson } from './canonical.ts';
import { derivedRun, type DerivedRun } from './derived.ts';
import { modeOf, officialFile, officialKey } from './official.ts';
import { probesCsv } from '../reports/probe-tables.ts';
import { QUESTIONS_FILE, questionsText } from './questions-file.ts';
import { recordsText } from './records-file.ts';
import { runTablesCsv, runTablesMarkdown } from '../reports/run-tables.ts';
import type { RunInfo } from '../records/run-info.ts';

/** One file of the results folder: path below it, and its text (UTF-8). */
export interface ResultText {
  readonly path: string;
  readonly text: string;
}

/** Whether a run's likelihoods are proven: its certificate passes and was not overridden. Imported runs, and people, have no device of ours. */
export function isCertified(run: RunInfo): boolean {
  if (run.imported || run.recordedByPerson) return true;
  const c = run.certificate;
  return isObject(c) && c['passed'] === true && c['overridden'] !== true;
}

/**
 * The whole results folder of a run (docs/results.md, "lookalike-results/1"): run.json, records.jsonl in the benchmark's order, summary.json, tables.md,
 * tables.csv, probes.csv where images were changed, official/`<key>_<mode>.json` for each method that the benchmark's own code knows, and benchmark.json with what was asked. Raw answers are read as `run.reading` says.
 * @param limit first N pairs only, as the run had it; null for all
 * @throws RangeError naming the place of a NaN or Infinity: no file holds one
 */
export function resultsFiles(
  run: RunInfo,
  benchmark: Benchmark,
  records: readonly ResultRecord[],
  limit: number | null = null,
): readonly ResultText[] {
  return folderOf(derivedRun(run, benchmark, records, limit));
}

/** The same of a run whose numbers are derived. */
export function folderOf({ run, benchmark, records, all, summary }: DerivedRun): readonly ResultText[] {
  const probed = probesCsv(benchmark, all);
  return [
    { path: 'run.json', text: `${strictJson(run, 2)}\n` },
    { path: 'records.jsonl', text: recordsText(records) },
    { path: 'summary.json', text: `${strictJson(summary, 2)}\n` },
    { path: 'tables.md', text: runTablesMarkdown(run, benchmark, all, summary, isCertified(run)) },
    { path: 'tables.csv', text: runTablesCsv(run, summary, isCertified(run)) },
    ...(probed === null ? [] : [{ path: 'probes.csv', text: probed }]),
    ...officialTexts({ run, benchmark, records, summary }),
    { path: QUESTIONS_FILE, text: questionsText(benchmark) },
  ];
}

/** official/: a file for each method that the benchmark's own code knows. */
export function officialTexts({ run, benchmark, records, summary }: Omit<DerivedRun, 'all'>): readonly ResultText[] {
  // An imported run's model is the key of its files, which are named again as they were.
  const key = run.imported && !/[\\/]/.test(run.model.id) ? run.model.id : officialKey(run.model.id);
  return Object.keys(summary.methods).flatMap((method) => {
    const mode = modeOf(method);
    const text = officialFile(benchmark, records, method);
    return mode === null || text === null ? [] : [{ path: `official/${key}_${mode.mode}.json`, text }];
  });
}
