import type { Benchmark } from '../core/benchmark/types.ts';
import { fault, FaultError } from '../core/fault.ts';
import { DEFAULT_PIXEL_POLICY } from '../core/pixels/types.ts';
import { NO_WORK } from '../core/plan/types.ts';
import { resultsFiles } from '../core/results/folder.ts';
import { readOfficial, refusal, type OfficialImport } from '../core/results/import.ts';
import type { RunInfo } from '../core/results/run.ts';
import { SCORING_VERSION } from '../core/scoring/record.ts';
import { browserName } from '../run/device.ts';
import { VERSION } from '../run/version.ts';
import { readServedQuestions } from './data.ts';
import type { DriveEvent, DriveOutcome, DriveRequest } from './types.ts';
import { unscored } from './unscored.ts';

/** How many problems of a file are named one by one. */
const NAMED_PROBLEMS = 20;

/** An official result file read against its benchmark, and written as a results folder; no model runs. */
export async function driveImport(
  request: DriveRequest,
  file: NonNullable<DriveRequest['imported']>,
  report: (event: DriveEvent) => void,
): Promise<DriveOutcome> {
  const benchmark = await readServedQuestions(request.benchmark, report);
  const read = readOfficial(file.name, file.text, benchmark);
  if (!read.ok) throw new FaultError(read.fault);
  const { problems } = read.value;
  for (const { place, message, severity } of problems.slice(0, NAMED_PROBLEMS))
    report({ type: 'message', text: `  ${severity}: ${place}: ${message}` });
  if (problems.length > NAMED_PROBLEMS)
    report({ type: 'message', text: `  and ${problems.length - NAMED_PROBLEMS} more.` });
  const refused = file.acceptPartial ? null : refusal(read.value, file.name);
  if (refused) throw new FaultError(fault(refused.code, `${refused.message} (--accept-partial on the command line.)`));
  const { records, method, taken } = read.value;
  report({ type: 'message', text: `${taken} of ${benchmark.pairs.length} pairs taken from ${file.name}.` });
  const info = importedInfo(request, file.name, read.value, benchmark);
  const files = resultsFiles(info, benchmark, records, request.limit);
  return {
    state: 'done',
    files,
    tables: files.find((f) => f.path === 'tables.md')?.text ?? '',
    unscored: unscored(benchmark, [method], request.limit, records, 'The imported file has no answer to it.'),
    scored: records.filter((r) => r.status === 'scored').length,
    fault: null,
  };
}

/** run.json of an import: nothing was computed here, and it says so. */
function importedInfo(
  request: DriveRequest,
  from: string,
  { key, method, mode }: OfficialImport,
  benchmark: Benchmark,
): RunInfo {
  const now = new Date().toISOString();
  const images = new Set(benchmark.pairs.flatMap((pair) => pair.images.map((i) => i.sha256)));
  return {
    format: 'lookalike-results/1',
    lookalike: VERSION,
    startedAt: now,
    finishedAt: now,
    state: 'done',
    model: { id: key, revision: null, family: 'unknown', dtype: {}, files: [] },
    benchmark: {
      name: benchmark.name,
      sha256: benchmark.sha256,
      pairs: benchmark.pairs.length,
      questions: benchmark.pairs.length * 2,
      images: images.size,
    },
    promptSet: { name: 'of the imported file', sha256: '', prompts: {} },
    methods: [method],
    device: { kind: 'wasm', adapter: null, features: [], limits: {}, browser: browserName(), threads: 0 },
    libraries: {},
    scoringVersion: SCORING_VERSION,
    pixels: DEFAULT_PIXEL_POLICY,
    certificate: null,
    work: NO_WORK,
    seconds: { load: 0, score: 0 },
    command: request.command,
    imported: { from, format: `mediconfusion/${mode}` },
  };
}
