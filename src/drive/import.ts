import { fault, FaultError } from '../core/fault.ts';
import { resultsFiles } from '../core/results/folder.ts';
import { readOfficialFiles, type OfficialFiles, type OfficialRun } from '../core/results/import-files.ts';
import { refusal } from '../core/results/import.ts';
import { withReading } from '../core/results/run.ts';
import { importedRunInfo } from '../core/results/imported-run.ts';
import { browserName } from '../run/device.ts';
import { VERSION } from '../run/version.ts';
import { readServedQuestions } from './data.ts';
import type { DriveEvent, DriveOutcome, DriveRequest } from './types.ts';
import { unscored } from './unscored.ts';

/** How many problems of a file are named one by one. */
const NAMED_PROBLEMS = 20;

/** Official result files of one model read against their benchmark, and written as a results folder; no model runs. */
export async function driveImport(
  request: DriveRequest,
  { files: brought, acceptPartial }: NonNullable<DriveRequest['imported']>,
  report: (event: DriveEvent) => void,
): Promise<DriveOutcome> {
  const benchmark = await readServedQuestions(request.benchmark, report);
  const imported = oneRun(readOfficialFiles(brought, benchmark));
  for (const file of imported.files) tellProblems(file, report);
  const refused = acceptPartial ? [] : imported.files.flatMap((f) => refusal(f.imported, f.name) ?? []);
  if (refused.length > 0) {
    const message = `${refused.map((f) => f.message).join(' ')} (--accept-partial on the command line.)`;
    throw new FaultError(fault('unreadable', message));
  }
  for (const { name, imported: read } of imported.files)
    report({ type: 'message', text: `${read.taken} of ${benchmark.pairs.length} pairs taken from ${name}.` });
  const { records, methods } = imported;
  const info = importedRunInfo(imported, benchmark, {
    lookalike: VERSION,
    at: new Date().toISOString(),
    command: request.command,
    browser: browserName(),
  });
  const files = resultsFiles(withReading(info, request.reading), benchmark, records, request.limit);
  return {
    state: 'done',
    files,
    tables: files.find((f) => f.path === 'tables.md')?.text ?? '',
    unscored: unscored(benchmark, methods, request.limit, records, 'The imported file has no answer to it.'),
    scored: records.filter((r) => r.status === 'scored').length,
    fault: null,
  };
}

/**
 * A results folder is one model's: files of several are refused, as is any that cannot be read.
 * @throws FaultError with all that is wrong
 */
function oneRun({ runs, faults }: OfficialFiles): OfficialRun {
  const [first] = faults;
  if (first) throw new FaultError(fault(first.code, faults.map((f) => f.message).join(' ')));
  const [run, other] = runs;
  if (!run || other)
    throw new FaultError(
      fault(
        'bad-argument',
        `The files are of several models: ${runs.map((r) => `${r.key} (${r.files.map((f) => f.name).join(', ')})`).join(', ')}. A results folder holds one: import each by itself.`,
      ),
    );
  return run;
}

function tellProblems({ imported }: OfficialRun['files'][number], report: (event: DriveEvent) => void): void {
  const { problems } = imported;
  for (const { place, message, severity } of problems.slice(0, NAMED_PROBLEMS))
    report({ type: 'message', text: `  ${severity}: ${place}: ${message}` });
  if (problems.length > NAMED_PROBLEMS)
    report({ type: 'message', text: `  and ${problems.length - NAMED_PROBLEMS} more.` });
}
