import { imageKey } from '../core/images/ref.ts';
import type { Benchmark } from '../core/benchmark/types.ts';
import { orThrow, toFault, type Fault } from '../core/fault.ts';
import type { Group } from '../core/plan/types.ts';
import type { ResultRecord } from '../core/records/record.ts';
import { SELF_JUDGE, type RunConfig } from '../core/records/run-config.ts';
import type { JudgeInfo, RunInfo } from '../core/records/run-info.ts';
import { gatherSimilarities, type SimilarityGatherer } from '../core/statistics/image-similarity.ts';
import type { Engine, EngineFacts } from '../engines/engine.ts';
import type { Gate } from './gate.ts';
import { continuedInfo } from './info.ts';
import { judgeAhead, judgePhase, judgesItself } from './judge-phase.ts';
import { textJudge, type Judge, type JudgeAhead } from './judges.ts';
import { trialQuestions } from './plan.ts';
import type { RunPorts } from './ports.ts';
import type { ProgressKeeper } from './progress.ts';
import { scoreGroup, type ScoredGroup } from './scorer.ts';
import { inOrder } from './window.ts';

/** A run and what it works with. */
export interface RunParts {
  readonly ports: RunPorts;
  readonly config: RunConfig;
  readonly benchmark: Benchmark;
  readonly groups: readonly Group[];
  readonly command: string | null;
  readonly progress: ProgressKeeper;
  readonly gate: Gate;
  /** Tells of records that are stored. */
  readonly tell: (records: readonly ResultRecord[]) => void;
  readonly stop: AbortSignal;
}

/** What is found out on the way, for run.json. */
interface Found {
  /** What an earlier, unfinished part of this run left; its work and seconds count too. */
  earlier: RunInfo | null;
  engine: Engine | null;
  facts: EngineFacts | null;
  /** The text model that will judge, found before the first question. */
  ahead: JudgeAhead | null;
  judge: JudgeInfo | null;
  /** How alike the images of each pair are to the model. */
  similarities: SimilarityGatherer;
  seconds: { load: number; score: number };
}
type End = { readonly state: RunInfo['state']; readonly fault?: Fault };

/** A run from its first check to its last record. Never rejects: what goes wrong is in the run's description. */
export async function liveRun(run: RunParts): Promise<RunInfo> {
  await Promise.resolve(); // listeners subscribe before the first phase
  const startedAt = new Date().toISOString();
  const found: Found = {
    ...{ earlier: null, engine: null, facts: null, ahead: null, judge: null },
    similarities: gatherSimilarities([]),
    seconds: { load: 0, score: 0 },
  };
  const describe = (end: End): RunInfo => describeRun(run, found, startedAt, end);
  let end: End = { state: 'done' };
  try {
    found.earlier = await run.ports.info(run.config.id);
    found.similarities = gatherSimilarities(run.benchmark.pairs, found.earlier?.imageSimilarity);
    found.engine = await run.ports.engine(run.config);
    found.ahead = await judgeAhead(run.config, run.ports);
    if (await needsEngine(run)) await engineStage(run, found, found.engine, describe);
    await judge(run, found, null);
    if (run.stop.aborted) end = { state: 'stopped' };
  } catch (e) {
    const fault = toFault(e);
    end = run.stop.aborted && fault.code === 'stopped' ? { state: 'stopped' } : { state: 'failed', fault };
  } finally {
    found.engine?.end('the run ended');
  }
  return close(run, describe(end), end);
}

async function needsEngine({ groups, config, ports, stop }: RunParts): Promise<boolean> {
  if (stop.aborted) return false;
  return groups.length > 0 || judgesItself(config, await ports.records(config.id));
}

/** Everything that needs the model under test. It has left the device when this is over. */
async function engineStage(
  run: RunParts,
  found: Found,
  engine: Engine,
  describe: (end: End) => RunInfo,
): Promise<void> {
  found.facts = await load(run, engine);
  const loaded = performance.now();
  const { loading, checking } = run.progress.now().seconds;
  found.seconds.load = loading + checking;
  // Kept before the first score: whatever ends this run, its records can be told what made them.
  await run.ports.keepInfo(run.config.id, describe({ state: 'stopped' }));
  await scoreAll(run, engine, found.similarities, () =>
    run.ports.keepInfo(run.config.id, describe({ state: 'stopped' })),
  );
  if (run.config.judgeId === SELF_JUDGE) {
    const text = engine.text();
    if (text) await judge(run, found, textJudge('self', text));
    else run.progress.message('This model cannot be asked without an image, so it cannot judge its own answers.');
  }
  engine.end('its questions are answered');
  found.seconds.score = (performance.now() - loaded) / 1000;
}

async function load({ benchmark, config, groups, progress, stop }: RunParts, engine: Engine): Promise<EngineFacts> {
  const { facts, images, messages } = orThrow(
    await engine.load({
      trial: trialQuestions(benchmark, config, groups),
      says: (step) => progress.loading(step),
      stopped: () => stop.aborted,
    }),
  );
  progress.tried(images.map(imageKey));
  for (const text of messages) progress.message(text);
  return facts;
}

/** Groups after which run.json is kept anew: what is lost with a killed page is at most what these groups say of similarities. */
const INFO_EVERY = 25;

/**
 * The groups in their order, as many at once as the engine takes; the records of each are stored in that order. A pause waits for
 * what is under way; what was under way behind a group that ended the run is not kept, for the same fault may be in it.
 */
async function scoreAll(
  run: RunParts,
  engine: Engine,
  similarities: SimilarityGatherer,
  keepInfo: () => Promise<void>,
): Promise<void> {
  const { benchmark, config, groups, gate, progress, stop } = run;
  const says = (text: string): void => progress.message(text);
  const window = inOrder(engine.width ?? 1, async (i: number, scored: ScoredGroup) => {
    const group = groups[i];
    if (group) await keepGroup(run, group, scored, similarities);
    if (i % INFO_EVERY === INFO_EVERY - 1) await keepInfo();
  });
  try {
    for (const [i, group] of groups.entries()) {
      await window.room();
      if (gate.closed) await window.empty();
      await pass(run);
      if (stop.aborted) break;
      progress.scoring(`image ${i + 1} of ${groups.length}`);
      window.add(scoreGroup({ config, benchmark, engine, says }, group, groups[i + 1]));
    }
    await window.empty();
  } catch (e) {
    await window.drop();
    throw e;
  }
}

/** Stores and tells what became of a group. */
async function keepGroup(
  { config, ports, progress, tell }: RunParts,
  group: Group,
  { records, work, imageVector }: ScoredGroup,
  similarities: SimilarityGatherer,
): Promise<void> {
  await ports.keepRecords(config.id, records);
  tell(records);
  if (imageVector !== null && group.image.kind === 'file') similarities.add(group.image.sha256, imageVector);
  const failed = new Set(records.filter((r) => r.status === 'failed').map((r) => `${r.pair}/${r.image}`)).size;
  const images = [imageKey(group.image), ...Object.values(config.shotImages ?? {})];
  progress.group({ questions: group.questions.length, failed, images, work });
}

/** Waits while the run is paused. */
async function pass({ gate, progress }: Pick<RunParts, 'gate' | 'progress'>): Promise<void> {
  if (gate.closed) progress.paused();
  await gate.passed();
}

/** Has the free answers read that wait for it. `self`: the model under test, where it is at hand and judges itself. */
async function judge(run: RunParts, found: Found, self: Judge | null): Promise<void> {
  const { benchmark, config, ports, progress, stop, tell } = run;
  const judged = await judgePhase({
    ...{ config, benchmark, ports, ahead: found.ahead, self, progress, tell, stop },
    pass: () => pass(run),
  });
  found.judge = judged ?? found.judge;
}

function describeRun(run: RunParts, found: Found, startedAt: string, end: End): RunInfo {
  const { config, benchmark, command, ports, progress } = run;
  const { earlier, engine, judge: judged, seconds } = found;
  const proof = engine?.proof?.() ?? null;
  const facts = found.facts && proof !== null ? { ...found.facts, proof } : found.facts;
  const model = engine?.model ?? null;
  return continuedInfo(earlier, {
    ...{ config, benchmark, model, facts, startedAt, seconds, command, judge: judged, browser: ports.browser },
    work: progress.now().work,
    imageSimilarity: found.similarities.known(),
    ...end,
  });
}

async function close({ ports, config, progress }: RunParts, info: RunInfo, end: End): Promise<RunInfo> {
  try {
    await ports.keepInfo(config.id, info);
  } catch (e) {
    progress.message(`The run's summary could not be kept: ${toFault(e).message}`);
  }
  if (end.state === 'failed' && end.fault) progress.end({ kind: 'failed', fault: end.fault });
  else progress.end({ kind: end.state === 'stopped' ? 'stopped' : 'done' });
  return info;
}
