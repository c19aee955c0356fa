import type { Benchmark } from '../core/benchmark/types.ts';
import { fault, FaultError, type Fault } from '../core/fault.ts';
import { recordedImages } from '../core/plan/groups.ts';
import type { Group, Work } from '../core/plan/types.ts';
import type { Outcome } from '../core/records/outcome.ts';
import type { ResultRecord } from '../core/records/record.ts';
import type { RunConfig } from '../core/records/run-config.ts';
import type { Engine } from '../engines/engine.ts';
import { failedRecords, groupAsk, pairsById, toRecord, type Pairs } from './requests.ts';

/** Tries a group gets before its questions are recorded as failed. */
const TRIES = 3;
/** Faults that another try cannot mend: they lie in the image or the prompt. */
const FINAL: ReadonlySet<string> = new Set(['unreadable', 'bad-prompt', 'bad-model', 'unsupported', 'not-found']);

/** Faults that no other question would be spared: the run ends, what is recorded stays, and it can go on later. */
const ENDS: ReadonlySet<string> = new Set(['stopped', 'server-gone', 'server-refused', 'server-wrong', 'spent']);

export interface ScorerParts {
  readonly config: RunConfig;
  readonly benchmark: Benchmark;
  readonly engine: Engine;
  readonly says: (text: string) => void;
}

/** What became of a group: its records, and the work done where it succeeded. */
export interface ScoredGroup {
  readonly records: readonly ResultRecord[];
  readonly work: Work | null;
  /** The image as the model sees it, as one vector; null where the engine does not tell. */
  readonly imageVector: Float32Array | null;
}

/** Scores one group, with a model loaded anew after each fault that could have come from the device. @throws FaultError for a fault that ends the run */
export async function scoreGroup(parts: ScorerParts, group: Group, next: Group | undefined): Promise<ScoredGroup> {
  const pairs = pairsById(parts.benchmark);
  const ask = groupAsk(group, pairs, parts.config);
  let last: Fault = fault('internal', 'The group was not tried.');
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const answer = await parts.engine.score(ask, next?.image ?? null);
    if (answer.ok) {
      const { outcomes, work, imageVector = null } = answer.value;
      return { records: recordsOf(group, outcomes, pairs, parts.config), work, imageVector };
    }
    last = answer.fault;
    if (ENDS.has(last.code)) throw new FaultError(last);
    if (FINAL.has(last.code)) break;
    parts.says(`A group was tried again after: ${last.message}`);
    parts.engine.release(last.message);
  }
  return { records: failedRecords(group, pairs, last, parts.config), work: null, imageVector: null };
}

/** Under the blank image one answer is recorded for both images of the pair. */
function recordsOf(
  group: Group,
  outcomes: readonly Outcome[],
  pairs: Pairs,
  config: RunConfig,
): readonly ResultRecord[] {
  return outcomes.flatMap((o) =>
    recordedImages(group, o.image).map((image) => toRecord({ ...o, image }, pairs, group.image, config)),
  );
}
