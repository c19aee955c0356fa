import type { Benchmark } from '../../core/benchmark/types.ts';
import type { OfficialFiles } from '../../core/exchange/import-files.ts';
import { refusal } from '../../core/exchange/import.ts';
import { importedRunInfo, type ImportFacts } from '../../core/exchange/imported-run.ts';
import { fault, FaultError } from '../../core/fault.ts';
import { VERSION } from '../../core/version.ts';
import type { ReadRun } from '../read-results.ts';

/** What a person agrees to, and what run.json says beside the files' own content. */
export interface OfficialChoice extends Partial<Omit<ImportFacts, 'lookalike'>> {
  /** Take what can be taken of files that have errors. */
  readonly acceptPartial: boolean;
}

/**
 * Result files of the benchmark's own code as runs, one for each model: the page's import, the command line's and that of its reports.
 * @param read the files against `benchmark`
 * @throws FaultError with all that is wrong
 */
export function officialRuns(
  { runs, faults }: OfficialFiles,
  benchmark: Benchmark,
  { acceptPartial, at = new Date().toISOString(), command = null, browser = '' }: OfficialChoice,
): readonly ReadRun[] {
  const refused = acceptPartial ? [] : runs.flatMap((r) => r.files.flatMap((f) => refusal(f.imported, f.name) ?? []));
  const all = [...faults, ...refused];
  const [first] = all;
  if (first) throw new FaultError(fault(first.code, `${all.map((f) => f.message).join(' ')}${hint(refused.length)}`));
  return runs.map((run) => ({
    name: run.files.map((f) => f.name).join(', '),
    info: importedRunInfo(run, benchmark, { lookalike: VERSION, at, command, browser }),
    records: run.records,
    notes:
      run.problems.length > 0 ? [`${run.key}: ${run.problems.length} remarks on its files; import them to see.`] : [],
  }));
}

/** The page asks before it takes a part; the command line is told so beforehand. */
function hint(refused: number): string {
  return refused > 0 ? ' (--accept-partial on the command line.)' : '';
}
