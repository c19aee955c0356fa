import type { Benchmark } from '../core/benchmark/types.ts';
import type { JudgeInfo } from '../core/results/run.ts';
import type { ResultRecord } from '../core/scoring/record.ts';
import { wasmThreads } from './device.ts';
import { openTextJudge, PERSON_JUDGE, SELF_JUDGE, type Judge } from './judges.ts';
import { judgeAnswers, openAnswers } from './judging.ts';
import { BUILTIN_JUDGE } from './models.ts';
import type { RunPorts } from './ports.ts';
import type { RunConfig, RunPhase } from './types.ts';

export interface JudgePhase {
  readonly config: RunConfig;
  readonly benchmark: Benchmark;
  readonly ports: Pick<RunPorts, 'records' | 'keepRecords' | 'model'>;
  /** The model under test, where it is at hand and judges itself. */
  readonly self: Judge | null;
  readonly stopped: () => boolean;
  readonly phase: (phase: RunPhase) => void;
  readonly tell: (records: readonly ResultRecord[]) => void;
}

/** Whether the model under test is wanted as its own judge of answers that are there already. */
export async function judgesItself(config: RunConfig, ports: Pick<RunPorts, 'records'>): Promise<boolean> {
  return config.judgeId === SELF_JUDGE && openAnswers(await ports.records(config.id)).length > 0;
}

/**
 * Has the free answers read, of this part of a run and of earlier ones, that no judge has read. A text model is loaded only if there is anything to read;
 * answers that wait for a person stay.
 * @returns who judges; null where nobody did
 */
export async function judgePhase(p: JudgePhase): Promise<JudgeInfo | null> {
  const { judgeId, id, threads } = p.config;
  if (judgeId === PERSON_JUDGE) return { kind: 'person' };
  if (p.stopped() || (judgeId === SELF_JUDGE) !== (p.self !== null)) return null;
  const answers = openAnswers(await p.ports.records(id));
  if (answers.length === 0) return null;
  p.phase({ kind: 'loading', what: 'the judge', done: 0, total: 1 });
  const judge = p.self ?? (await openTextJudge(await p.ports.model(judgeId ?? BUILTIN_JUDGE), wasmThreads(threads)));
  try {
    await judgeAnswers({
      ...{ judge, answers, benchmark: p.benchmark, stopped: p.stopped },
      says: (done, total) =>
        p.phase({ kind: 'scoring', what: `judging answer ${Math.min(done + 1, total)} of ${total}` }),
      keep: async (records) => {
        await p.ports.keepRecords(id, records);
        p.tell(records);
      },
    });
  } finally {
    judge.end();
  }
  return judge.info;
}
