import type { Benchmark } from '../core/benchmark/types.ts';
import { fault, FaultError, orThrow } from '../core/fault.ts';
import { judgePrompt, VERDICTS } from '../core/methods/ff.ts';
import type { JudgeTest } from '../core/methods/judge-test.ts';
import { PUBLISHED_JUDGING, type JudgingOptions } from '../core/methods/judging.ts';
import { needsJudge, requestedMethods } from '../core/methods/registry.ts';
import type { ResultRecord } from '../core/records/record.ts';
import { PERSON_JUDGE, SELF_JUDGE, type RunConfig } from '../core/records/run-config.ts';
import type { JudgeInfo } from '../core/records/run-info.ts';
import { costWords } from '../core/servers/cost.ts';
import { testJudge, testKey } from './judge-test.ts';
import { textJudge, type Judge, type JudgeAhead } from './judges.ts';
import { judgeAnswers, openAnswers } from './judging.ts';
import type { RunPorts } from './ports.ts';
import type { ProgressKeeper } from './progress.ts';

export interface JudgePhase {
  readonly config: RunConfig;
  readonly benchmark: Benchmark;
  readonly ports: Pick<RunPorts, 'records' | 'keepRecords' | 'judgeTest' | 'keepJudgeTest'>;
  /** The text model that judges; null where the model under test or a person does. */
  readonly ahead: JudgeAhead | null;
  /** The model under test, where it is at hand and judges itself. */
  readonly self: Judge | null;
  readonly progress: Pick<ProgressKeeper, 'loading' | 'judging' | 'message'>;
  readonly stop: AbortSignal;
  /** Resolves at once, or when a paused run goes on. */
  readonly pass: () => Promise<void>;
  readonly tell: (records: readonly ResultRecord[]) => void;
}

/** How this run's free answers are judged. */
function judgingOf(config: Pick<RunConfig, 'judging'>): JudgingOptions {
  return config.judging ?? PUBLISHED_JUDGING;
}

/** Whether the model under test is wanted as its own judge of answers that are there already. */
export function judgesItself(config: RunConfig, kept: readonly ResultRecord[]): boolean {
  return config.judgeId === SELF_JUDGE && openAnswers(kept).length > 0;
}

/**
 * Finds the judge before the first question is asked, so that one that cannot run is refused then.
 * @returns null where no text model will judge
 * @throws FaultError naming what was found and what to do
 */
export async function judgeAhead(
  config: RunConfig,
  ports: Pick<RunPorts, 'records' | 'judge'>,
): Promise<JudgeAhead | null> {
  if (config.judgeId === PERSON_JUDGE || config.judgeId === SELF_JUDGE) return null;
  const wanted = needsJudge(requestedMethods(config.methods));
  return wanted || openAnswers(await ports.records(config.id)).length > 0 ? ports.judge(config) : null;
}

/**
 * Has the free answers read, of this part of a run and of earlier ones, that no judge has read. A text model is loaded only if there is anything to read;
 * answers that wait for a person stay.
 * @returns who judges; null where nobody did
 */
export async function judgePhase(p: JudgePhase): Promise<JudgeInfo | null> {
  const { judgeId, id } = p.config;
  if (judgeId === PERSON_JUDGE) return { kind: 'person' };
  if (p.stop.aborted || (judgeId === SELF_JUDGE) !== (p.self !== null)) return null;
  const answers = openAnswers(await p.ports.records(id));
  if (answers.length === 0) return null;
  const judge = p.self ?? (await openJudge(p));
  try {
    const options = judgingOf(p.config);
    const test = options.selfTest > 0 ? await tested(p, judge, options.selfTest) : null;
    if (p.stop.aborted) return null;
    await judgeAnswers({
      ...{ judge, answers, options, benchmark: p.benchmark, signal: p.stop, pass: p.pass },
      says: (done, total) => p.progress.judging(done, total),
      keep: async (records) => {
        await p.ports.keepRecords(id, records);
        p.tell(records);
      },
    });
    await tellCost(p, judge);
    const { explain, byRule } = options;
    return { ...judge.info, options: { explain, byRule }, ...(test === null ? {} : { test }) };
  } finally {
    judge.text.end();
  }
}

/** What a judge behind a server of its own has cost; the model under test counts its own. */
async function tellCost({ progress }: JudgePhase, { info, text }: Judge): Promise<void> {
  const work = info.kind === 'model' && info.device === 'server' ? await text.work?.() : null;
  if (work)
    progress.message(
      `The judge’s server has cost ${costWords({ input: work.computed, output: work.decoded, money: null })}.`,
    );
}

async function openJudge({ ahead, benchmark, progress }: JudgePhase): Promise<Judge> {
  const pair = benchmark.pairs[0];
  if (ahead === null || !pair) throw new FaultError(fault('internal', 'The judge was not found before the run.'));
  progress.loading({ kind: 'loading', what: 'the judge' });
  const prompt = judgePrompt({ question: pair.question, options: pair.options, response: pair.options.A });
  const probe = { prompt, texts: [VERDICTS.A, VERDICTS.B] };
  const engine = orThrow(await ahead.open(probe, (step) => progress.loading(step)));
  for (const text of engine.facts.messages) progress.message(text);
  return textJudge('model', engine);
}

/** The judge's self-test, from an earlier run of the same judge on this benchmark where there was one. */
async function tested(p: JudgePhase, judge: Judge, count: number): Promise<JudgeTest | null> {
  const key = testKey(judge, p.benchmark, count);
  const kept = await p.ports.judgeTest(key);
  if (kept) return kept;
  const test = await testJudge({
    ...{ judge, count, benchmark: p.benchmark, signal: p.stop, pass: p.pass },
    says: (done, total) => p.progress.judging(done, total, 'test answer'),
  });
  if (test) await p.ports.keepJudgeTest(key, test);
  return test;
}
