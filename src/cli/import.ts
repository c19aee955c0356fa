import type { Benchmark } from '../core/benchmark/types.ts';
import { fault, FaultError } from '../core/fault.ts';
import { resultsFiles } from '../core/exchange/results-folder.ts';
import { readOfficialFiles, type OfficialFiles, type OfficialRun } from '../core/exchange/import-files.ts';
import { officialRuns } from '../app/results/official.ts';
import { readResultsAnew, type Reread } from '../app/results/reread.ts';
import { browserName } from '../engines/local/device.ts';
import { readServedQuestions } from './data.ts';
import type { ImportRequest, RunOutcome } from './evaluate-types.ts';
import type { DriveContext, Report } from './types.ts';
import { unscored } from './unscored.ts';

/** How many problems of a file are named one by one. */
const NAMED_PROBLEMS = 20;

/** Official result files of one model read against their benchmark, and written as a results folder; no model runs. */
export async function importResults(
  { files: brought, acceptPartial, command, ...request }: ImportRequest,
  { report }: DriveContext,
): Promise<RunOutcome> {
  const benchmark = await readServedQuestions(request.benchmark, report);
  const read = readOfficialFiles(brought, benchmark);
  const imported = oneModel(read);
  for (const file of imported?.files ?? []) tellProblems(file, report);
  const [run] = officialRuns(read, benchmark, { acceptPartial, command, browser: browserName() });
  if (!run || !imported)
    throw new FaultError(fault('bad-argument', 'There is no file to import: name one with --import.'));
  for (const { name, imported: file } of imported.files)
    report({ type: 'message', text: `${file.taken} of ${benchmark.pairs.length} pairs taken from ${name}.` });
  return outcomeOf(run, benchmark, request);
}

/**
 * An imported results folder read anew (`--resume --mc-parser strict`): its records and its benchmark are all that is needed, no model and no prompts.
 * @throws FaultError 'another-run' when the benchmark is another
 */
export async function readImportAnew(
  request: Pick<ImportRequest, 'benchmark' | 'reading' | 'limit'>,
  results: Reread,
  report: Report,
): Promise<RunOutcome> {
  return outcomeOf(results, await readServedQuestions(request.benchmark, report), request);
}

function outcomeOf(
  results: Reread,
  benchmark: Benchmark,
  { reading, limit }: Pick<ImportRequest, 'reading' | 'limit'>,
): RunOutcome {
  const { info, records } = readResultsAnew(results, benchmark, reading);
  const files = resultsFiles(info, benchmark, records, limit);
  return {
    state: 'done',
    files,
    tables: files.find((f) => f.path === 'tables.md')?.text ?? '',
    unscored: unscored(benchmark, info.methods, limit, records, 'The imported file has no answer to it.'),
    scored: records.filter((r) => r.status === 'scored').length,
    fault: null,
  };
}

/**
 * A results folder is one model's: files of several are refused.
 * @returns null where a file cannot be read
 * @throws FaultError naming the models
 */
function oneModel({ runs, faults }: OfficialFiles): OfficialRun | null {
  const [run, other] = runs;
  if (faults.length > 0 || !run) return null;
  if (!other) return run;
  throw new FaultError(
    fault(
      'bad-argument',
      `The files are of several models: ${runs.map((r) => `${r.key} (${r.files.map((f) => f.name).join(', ')})`).join(', ')}. A results folder holds one: import each by itself.`,
    ),
  );
}

function tellProblems({ imported }: OfficialRun['files'][number], report: Report): void {
  const { problems } = imported;
  for (const { place, message, severity } of problems.slice(0, NAMED_PROBLEMS))
    report({ type: 'message', text: `  ${severity}: ${place}: ${message}` });
  if (problems.length > NAMED_PROBLEMS)
    report({ type: 'message', text: `  and ${problems.length - NAMED_PROBLEMS} more.` });
}
