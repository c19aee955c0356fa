import { limitBenchmark } from '../benchmark/select.ts';
import type { Benchmark } from '../benchmark/types.ts';
import { isObject } from '../json.ts';
import { pmiRecords, withPmi } from '../metrics/sensitivity.ts';
import { orderMethods, summarise, type Summary } from '../metrics/summary.ts';
import { recordedMethods } from '../scoring/methods.ts';
import { PUBLISHED_READING, readAs } from '../scoring/again.ts';
import type { ResultRecord } from '../scoring/record.ts';
import { strictJson } from './canonical.ts';
import { modeOf, officialFile, officialKey } from './official.ts';
import { inOrder, recordsText } from './records.ts';
import { runTablesCsv, runTablesMarkdown } from './run-tables.ts';
import type { RunInfo } from './run.ts';

/** One file of the results folder: path below it, and its text (UTF-8). */
export interface ResultText {
  readonly path: string;
  readonly text: string;
}

/** Whether a run's likelihoods are proven: its certificate passes and was not overridden. Imported runs have no device of ours. */
export function isCertified(run: RunInfo): boolean {
  if (run.imported) return true;
  const c = run.certificate;
  return isObject(c) && c['passed'] === true && c['overridden'] !== true;
}

/**
 * The whole results folder of a run (results.md, "lookalike-results/1"): run.json, records.jsonl in the benchmark's order, summary.json, tables.md,
 * tables.csv, and official/`<key>_<mode>.json` for each method that the benchmark's own code knows. Raw answers are read as `run.reading` says.
 * @param limit first N pairs only, as the run had it; null for all
 * @throws RangeError naming the place of a NaN or Infinity: no file holds one
 */
export function resultsFiles(
  run: RunInfo,
  benchmark: Benchmark,
  records: readonly ResultRecord[],
  limit: number | null = null,
): readonly ResultText[] {
  const limited = limitBenchmark(benchmark, limit);
  const ordered = withPmi(inOrder(limited, readAs(records, run.reading ?? PUBLISHED_READING)));
  // PMI chooses from numbers that the ps records hold, so its choices are derived, not recorded.
  const derived = [...ordered, ...pmiRecords(ordered)];
  // Methods that were asked for are named even where nothing of them was scored.
  const asked = orderMethods([...run.methods.flatMap(recordedMethods), ...derived.map((r) => r.method)]);
  const summary = summarise(limited, derived, asked);
  return [
    { path: 'run.json', text: `${strictJson(run, 2)}\n` },
    { path: 'records.jsonl', text: recordsText(ordered) },
    { path: 'summary.json', text: summaryText(summary) },
    { path: 'tables.md', text: runTablesMarkdown(run, limited, derived, summary, isCertified(run)) },
    { path: 'tables.csv', text: runTablesCsv(run, summary, isCertified(run)) },
    ...officialFiles(run, limited, ordered, Object.keys(summary.methods)),
  ];
}

/** summary.json. */
export function summaryText(summary: Summary): string {
  return `${strictJson(summary, 2)}\n`;
}

function officialFiles(
  run: RunInfo,
  benchmark: Benchmark,
  records: readonly ResultRecord[],
  methods: readonly string[],
): readonly ResultText[] {
  // An imported run's model is the key of its files, which are named again as they were.
  const key = run.imported && !/[\\/]/.test(run.model.id) ? run.model.id : officialKey(run.model.id);
  return methods.flatMap((method) => {
    const mode = modeOf(method);
    const text = officialFile(benchmark, records, method);
    return mode === null || text === null ? [] : [{ path: `official/${key}_${mode}.json`, text }];
  });
}
