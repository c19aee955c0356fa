import type { AnswerScores } from '../core/exchange/answers-file.ts';
import { isFreeAnswer } from '../core/methods/ff.ts';
import { judgeAfter } from '../core/methods/free-answers.ts';
import { scoredByPerson } from '../core/methods/reading.ts';
import { recordKey, type ResultRecord, type ScoredRecord } from '../core/records/record.ts';
import type { RunInfo } from '../core/records/run-info.ts';
import type { Store } from '../store/db.ts';
import { putRecords, recordsOf } from '../store/records.ts';
import { run as storedRun, updateRun } from '../store/runs.ts';
import type { Reread } from './results/reread.ts';

/** A person's two scores of a free answer, 1 to 10: how close it is to option A and to option B. */
export interface PersonScores {
  readonly person: string;
  readonly a: number;
  readonly b: number;
}

/**
 * Keeps a person's scores of one answer of a stored run, in the place of what a judge or another person gave.
 * @returns the record as it is kept, and whether run.json now says that people judged
 * @throws FaultError 'storage' where nothing could be kept
 */
export async function keepVerdict(
  store: Store,
  runId: string,
  record: ScoredRecord,
  { person, a, b }: PersonScores,
): Promise<{ readonly judged: ScoredRecord; readonly named: boolean }> {
  const judged = scoredByPerson(record, person, a, b);
  await putRecords(store, runId, [judged]);
  const info = (await storedRun(store, runId))?.info ?? null;
  if (info === null || info.judge) return { judged, named: false };
  const after = withPerson(info, await recordsOf(store, runId));
  if (after === info) return { judged, named: false };
  await updateRun(store, runId, { info: after });
  return { judged, named: true };
}

/** run.json says that people judged, where nobody else did. */
function withPerson(info: RunInfo, records: readonly ResultRecord[]): RunInfo {
  const judge = judgeAfter(info.judge, records);
  return info.judge || judge === undefined ? info : { ...info, judge };
}

/**
 * The same for a results folder: all scores that a person brings at once.
 * @param scores by the key of their answers (`recordKey`)
 */
export function withVerdicts({ info, records }: Reread, scores: readonly AnswerScores[], person: string): Reread {
  const given = new Map(scores.map((s) => [s.key, s]));
  const judged = records.map((record) => {
    const found = given.get(recordKey(record));
    return found && isFreeAnswer(record) ? scoredByPerson(record, person, found.a, found.b) : record;
  });
  return { info: withPerson(info, judged), records: judged };
}
