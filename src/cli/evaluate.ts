import { limitBenchmark } from '../core/benchmark/select.ts';
import type { ShardOfRun } from '../core/benchmark/shard.ts';
import type { Benchmark } from '../core/benchmark/types.ts';
import { DEFAULT_CHAT, FIXED_DATE } from '../core/chat/settings.ts';
import { fault, FaultError, toFault, type Fault } from '../core/fault.ts';
import { QUESTIONS_FILE, questionsText } from '../core/exchange/questions-file.ts';
import { resultsFiles } from '../core/exchange/results-folder.ts';
import { withReading, type RunInfo } from '../core/records/run-info.ts';
import type { ResultRecord } from '../core/records/record.ts';
import { asPublished, PUBLISHED_READING, type Reading } from '../core/methods/reading.ts';
import { methodChoices } from '../core/methods/registry.ts';
import { startRun } from '../run/controller.ts';
import { SERVED } from '../core/models/builtin.ts';
import { SELF_JUDGE, type RunConfig } from '../core/records/run-config.ts';
import type { ResolvedModel } from '../engines/local/model.ts';
import { resolveModel } from '../app/models.ts';
import { serverModelId } from '../core/servers/config.ts';
import { newRun } from '../app/new-run.ts';
import { continueRun } from '../app/resume.ts';
import type { RunHandle } from '../run/types.ts';
import { openStore } from '../store/db.ts';
import { choosePrompts, chooseWords, readServedBenchmark, readShots } from './data.ts';
import { earlierRun, type Earlier } from './earlier.ts';
import { readImportAnew } from './import.ts';
import { drivePorts, type DrivePorts } from './ports.ts';
import type { EvaluateRequest, RunOutcome } from './evaluate-types.ts';
import { shareOf } from './shard.ts';
import { listen } from './listen.ts';
import type { DriveContext, Report } from './types.ts';
import { unscored } from './unscored.ts';

const STOPPED = fault('stopped', 'The run was stopped.');

/** One run as the command line asks for it; what it finds out on the way is reported. */
export async function evaluate(request: EvaluateRequest, { control, report }: DriveContext): Promise<RunOutcome> {
  const earlier = earlierRun(request.resume);
  if (earlier.info?.imported) return readImportAnew(request, { ...earlier, info: earlier.info }, report);
  const { benchmark: all, image: ofBenchmark } = await readServedBenchmark(request.benchmark, report, control.signal);
  const { benchmark, shard } = shareOf(all, request.limit, request.shard ?? null, report);
  const plain = await runConfig(request, benchmark, shard, earlier.info?.chat?.date ?? FIXED_DATE);
  const shots = await readShots(plain.promptSet, request.shots);
  const config = { ...plain, ...(shots.names === null ? {} : { shotImages: shots.names }) };
  const image = async (hash: string): Promise<Blob | null> => shots.images.get(hash) ?? ofBenchmark(hash);
  const store = await openStore();
  try {
    const ports = drivePorts(store, benchmark, image, earlier, onInfo(earlier, benchmark, request.limit, report));
    const resolve = (id: string): Promise<ResolvedModel> => resolveModel(store, id);
    const continued = await continueRun(ports, config, { resolve });
    const handle = await startRun(continued.ports, continued.config, { retryFailed: true, command: request.command });
    listen(handle, report);
    control.onStop(() => handle.stop());
    return await outcome(handle, ports, request, earlier.info?.reading ?? PUBLISHED_READING);
  } catch (error) {
    throw new FaultError(inFolder(toFault(error)));
  } finally {
    store.close();
  }
}

/** The run's description goes to disk before its first score, unless that is another run than the one to go on with (continueRun). */
function onInfo(earlier: Earlier, benchmark: Benchmark, limit: number | null, report: Report): (info: RunInfo) => void {
  let first = true;
  return (info) => {
    if (!first) return;
    first = false;
    if (info.state === 'failed') return; // it never got to score: there is nothing to go on with
    const resumed = earlier.records.filter((r) => r.status === 'scored').length;
    if (resumed > 0) report({ type: 'message', text: `${resumed} results of the earlier run are kept.` });
    report({
      type: 'files',
      files: [
        { path: 'run.json', text: `${JSON.stringify(info, null, 2)}\n` },
        { path: QUESTIONS_FILE, text: questionsText(limitBenchmark(benchmark, limit)) },
      ],
    });
  };
}

/** @param date of the earlier run, where one goes on */
async function runConfig(
  request: EvaluateRequest,
  benchmark: Benchmark,
  shard: ShardOfRun | null,
  date: string,
): Promise<RunConfig> {
  const promptSet = choosePrompts(request.prompts);
  const choice = {
    modelId: request.server === null ? `${SERVED}${request.model.base}` : serverModelId(request.server),
    ...(request.server === null ? {} : { server: request.server }),
    benchmark: { id: benchmark.sha256, benchmark },
    methods: methodChoices(request.methods),
    promptSet,
    words: chooseWords(promptSet, request.paraphrases),
    device: request.device,
    dtype: request.dtype,
    threads: request.threads,
    limit: request.limit,
    ...(shard ? { shard } : {}),
    chat: { ...DEFAULT_CHAT, ...request.chat, date },
    allowUncertified: request.allowUncertified,
    judging: request.judging,
    ...(request.probes ? { probes: request.probes } : {}),
  };
  const { judge } = request;
  if (judge === null) return newRun(choice, 'command-line');
  return newRun({ ...choice, ...judgeOf(judge) }, 'command-line');
}

function judgeOf(judge: NonNullable<EvaluateRequest['judge']>): Pick<RunConfig, 'judgeId' | 'judgeServer'> {
  if (judge === 'self') return { judgeId: SELF_JUDGE };
  if ('server' in judge) return { judgeId: serverModelId(judge.server), judgeServer: judge.server };
  return { judgeId: `${SERVED}${judge.base}` };
}

/** A run that cannot go on in its folder can begin in another. */
function inFolder(f: Fault): Fault {
  return f.code === 'another-run' ? { ...f, message: `${f.message} Name another --out for a new run.` } : f;
}

async function outcome(
  handle: RunHandle,
  ports: DrivePorts,
  request: EvaluateRequest,
  before: Reading,
): Promise<RunOutcome> {
  const info = withReading(await handle.finished, { ...PUBLISHED_READING, ...request.reading });
  const records = asPublished(ports.all(), before);
  const reason = reasonOf(info);
  const left = unscored(
    handle.benchmark,
    handle.config.methods,
    request.limit,
    records,
    reason?.message ?? 'Not reached.',
    handle.config.probes?.marks ?? null,
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
    fault: reason === null ? null : inFolder(reason),
  };
}

/** The files of the results folder, and of them the tables for the terminal. */
function texts(
  request: EvaluateRequest,
  benchmark: Benchmark,
  info: RunInfo,
  records: readonly ResultRecord[],
): Pick<RunOutcome, 'files' | 'tables'> {
  const files = resultsFiles(info, benchmark, records, request.limit);
  return { files, tables: files.find((f) => f.path === 'tables.md')?.text ?? '' };
}

/** Why a run ended before its end; null when it did not. */
function reasonOf(info: RunInfo): Fault | null {
  if (info.state === 'stopped') return STOPPED;
  if (info.state === 'done') return null;
  return info.fault ?? fault('internal', 'The run failed without saying why.');
}
