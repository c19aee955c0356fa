import type { Benchmark } from '../core/benchmark/types.ts';
import { fault, FaultError, type Fault } from '../core/fault.ts';
import { policyFor } from '../core/pixels/policy.ts';
import { resultsFiles } from '../core/results/folder.ts';
import { withReading, type RunInfo } from '../core/results/run.ts';
import type { ResultRecord } from '../core/scoring/record.ts';
import { isPublishedReading, PUBLISHED_READING, readAnew, type Reading } from '../core/scoring/again.ts';
import { startRun } from '../run/controller.ts';
import { capabilities } from '../run/device.ts';
import { SELF_JUDGE } from '../run/judges.ts';
import { SERVED } from '../run/models.ts';
import { promptsOfRun } from '../run/prompts.ts';
import type { RunConfig, RunHandle, RunProgress } from '../run/types.ts';
import { openStore } from '../store/db.ts';
import type { Control } from './control.ts';
import { choosePrompts, chooseWords, readServedBenchmark, readShots } from './data.ts';
import { earlierRun, type Earlier } from './earlier.ts';
import { drivePorts, type DrivePorts } from './ports.ts';
import { assertResumable, assertSame } from './same.ts';
import type { DriveEvent, DriveOutcome, DriveRequest } from './types.ts';
import { unscored } from './unscored.ts';

type Report = (event: DriveEvent) => void;
/** Phases that are told by the outcome, not as progress. */
const ENDS: ReadonlySet<string> = new Set(['done', 'stopped', 'failed']);
const STOPPED = fault('stopped', 'The run was stopped.');

/** One run as the command line asks for it; what it finds out on the way is reported. */
export async function driveRun(request: DriveRequest, control: Control, report: Report): Promise<DriveOutcome> {
  const earlier = earlierRun(request.resume);
  const { benchmark, image: ofBenchmark } = await readServedBenchmark(request.benchmark, report, control.signal);
  const plain = await runConfig(request, benchmark);
  const shots = await readShots(plain.promptSet, request.shots);
  const config = { ...plain, ...(shots.names === null ? {} : { shotImages: shots.names }) };
  const image = async (hash: string): Promise<Blob | null> => shots.images.get(hash) ?? ofBenchmark(hash);
  const store = await openStore();
  try {
    const ports = drivePorts(store, benchmark, image, earlier, onInfo(earlier, report));
    if (earlier.info !== null)
      assertResumable(earlier.info, benchmark, config, await ports.model(config.modelId), await capabilities());
    const handle = await startRun(ports, config, { retryFailed: true, command: request.command });
    listen(handle, report);
    control.onStop(() => handle.stop());
    return await outcome(handle, ports, request, earlier.info?.reading ?? PUBLISHED_READING);
  } finally {
    store.close();
  }
}

/** The run's description goes to disk before its first score, unless it contradicts the run that it is to go on with. */
function onInfo(earlier: Earlier, report: Report): (info: RunInfo) => void {
  let first = true;
  return (info) => {
    if (!first) return;
    first = false;
    if (info.state === 'failed') return; // it never got to score: there is nothing to go on with
    if (earlier.info !== null) assertSame(earlier.info, info);
    report({ type: 'started', info, resumed: earlier.records.filter((r) => r.status === 'scored').length });
  };
}

async function runConfig(request: DriveRequest, benchmark: Benchmark): Promise<RunConfig> {
  if (request.model === null) throw new FaultError(fault('bad-argument', 'There is no model to run.'));
  const promptSet = choosePrompts(request.prompts);
  const words = chooseWords(promptSet, request.paraphrases);
  return {
    id: 'command-line',
    createdAt: new Date().toISOString(),
    benchmarkId: benchmark.sha256,
    benchmarkName: benchmark.name,
    modelId: `${SERVED}${request.model.base}`,
    ...(await promptsOfRun(request.methods, promptSet, words)),
    device: request.device,
    dtype: request.dtype,
    threads: request.threads,
    limit: request.limit,
    policy: policyFor(benchmark.sha256),
    allowUncertified: request.allowUncertified,
    ...(request.judge === null
      ? {}
      : { judgeId: request.judge === 'self' ? SELF_JUDGE : `${SERVED}${request.judge.base}` }),
  };
}

/** Passes on what happens: records as lines, messages once, progress as it changes. */
function listen(handle: RunHandle, report: Report): void {
  let told = 0;
  handle.onRecords((records) => report({ type: 'records', lines: records.map((r) => JSON.stringify(r)) }));
  handle.subscribe((p) => {
    for (const text of p.messages.slice(told)) report({ type: 'message', text });
    told = p.messages.length;
    if (!ENDS.has(p.phase.kind)) report(progressEvent(p));
  });
}

function progressEvent({ phase, questions, rate, secondsLeft }: RunProgress): DriveEvent {
  const what = 'what' in phase ? phase.what : phase.kind;
  return { type: 'progress', what, ...questions, rate, secondsLeft };
}

async function outcome(
  handle: RunHandle,
  ports: DrivePorts,
  request: DriveRequest,
  before: Reading,
): Promise<DriveOutcome> {
  const info = withReading(await handle.finished, request.reading);
  const records = isPublishedReading(before) ? ports.all() : readAnew(ports.all(), PUBLISHED_READING);
  const reason = reasonOf(info);
  const left = unscored(
    handle.benchmark,
    handle.config.methods,
    request.limit,
    records,
    reason?.message ?? 'Not reached.',
  );
  const scored = records.filter((r) => r.status === 'scored').length;
  return {
    state: info.state,
    // A run that failed before its first new score leaves the folder as it was.
    ...((info.state === 'failed' && !ports.fresh()) || records.length === 0
      ? { files: [], tables: '' }
      : texts(request, handle.benchmark, info, records)),
    unscored: left,
    scored,
    fault: reason,
  };
}

/** The files of the results folder, and of them the tables for the terminal. */
function texts(
  request: DriveRequest,
  benchmark: Benchmark,
  info: RunInfo,
  records: readonly ResultRecord[],
): Pick<DriveOutcome, 'files' | 'tables'> {
  const files = resultsFiles(info, benchmark, records, request.limit);
  return { files, tables: files.find((f) => f.path === 'tables.md')?.text ?? '' };
}

/** Why a run ended before its end; null when it did not. */
function reasonOf(info: RunInfo): Fault | null {
  if (info.state === 'stopped') return STOPPED;
  if (info.state === 'done') return null;
  return info.fault ?? fault('internal', 'The run failed without saying why.');
}
