import type { Benchmark } from '../core/benchmark/types.ts';
import type { JudgeTest } from '../core/methods/judge-test.ts';
import type { RunConfig } from '../core/records/run-config.ts';
import type { ResultRecord } from '../core/records/record.ts';
import type { RunInfo } from '../core/records/run-info.ts';
import type { Engine } from '../engines/engine.ts';
import type { JudgeAhead } from './judges.ts';

/** What a run needs of the outside: who answers, kept data in, kept data out. The app implements it; tests may. */
export interface RunPorts {
  benchmark(id: string): Promise<Benchmark | null>;
  records(runId: string): Promise<readonly ResultRecord[]>;
  /** One transaction; a key that is there is replaced, so that nothing is doubled. */
  keepRecords(runId: string, records: readonly ResultRecord[]): Promise<void>;
  keepInfo(runId: string, info: RunInfo): Promise<void>;
  /** The summary that an earlier part of this run left; null for a new run. */
  info(runId: string): Promise<RunInfo | null>;
  /**
   * The engine with the run's model, not loaded yet.
   * @throws FaultError 'not-found', 'bad-model' when there is no such model
   */
  engine(config: RunConfig): Promise<Engine>;
  /**
   * The text model that judges free answers, found and looked at.
   * @throws FaultError when it cannot judge here, naming what was found and what to do
   */
  judge(config: RunConfig): Promise<JudgeAhead>;
  /** A judge's self-test of an earlier run; null on a miss. */
  judgeTest(key: string): Promise<JudgeTest | null>;
  keepJudgeTest(key: string, test: JudgeTest): Promise<void>;
  /** Name and version of the program that the run runs in, as results name it. */
  readonly browser: string;
}
