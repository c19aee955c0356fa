import type { Fault } from '../fault.ts';
import type { Letter } from '../benchmark/types.ts';
import type { FailedRecord, JudgeVerdict, OptionScore, ScoredRecord } from '../records/record.ts';
import { chooseByGap, FF, JUDGE_UNREADABLE, UNJUDGED } from './ff.ts';
import { parseJudge } from './judge-reply.ts';
import { parseRecorded, recordName } from './names.ts';

/*
 * Records of a free answer once a judge has read it: its own, and beside it the one that needs no text of the judge to be parsed.
 */

/** Who judges, as a verdict names it. */
export type JudgeName = Pick<JudgeVerdict, 'name' | 'sha256'>;

/** The answer with what its judge wrote, and the choice that the gap between the scores makes. A reply without scores makes it invalid. */
export function judgedRecord(answer: ScoredRecord, judge: JudgeName, reply: string): ScoredRecord {
  return withVerdict(answer, judge, reply, parseJudge(reply));
}

/** The answer that could not be put to its judge: invalid, with the reason as the judge's words. */
export function unjudgeableRecords(
  answer: ScoredRecord,
  judge: JudgeName,
  fault: Fault,
): readonly [ScoredRecord, FailedRecord] {
  const { pair, image, right, imageSha256, changes } = answer;
  const base = { pair, image, right, imageSha256, ...(changes ? { changes } : {}), notes: [] };
  const none = { status: 'failed', chosen: null, correct: null, options: null, fault } as const;
  return [withVerdict(answer, judge, fault.message, null), { ...base, ...none, method: likelihoodName(answer.method) }];
}

function withVerdict(
  answer: ScoredRecord,
  { name, sha256 }: JudgeName,
  text: string,
  scores: ReturnType<typeof parseJudge>,
): ScoredRecord {
  const chosen = chooseByGap(scores);
  const notes = [...answer.notes.filter((n) => n !== UNJUDGED), ...(scores === null ? [JUDGE_UNREADABLE] : [])];
  const judge = { name, sha256, a: scores?.a ?? null, b: scores?.b ?? null, text };
  return { ...answer, notes, chosen, correct: chosen === answer.right, judge };
}

/** The judge that needs no text parsing: the verdict it finds likelier; tie -> B, as PS. */
export function likelihoodRecord(judged: ScoredRecord, options: Readonly<Record<Letter, OptionScore>>): ScoredRecord {
  const chosen = options.A.score > options.B.score ? 'A' : 'B';
  const margin = Math.abs(options.A.score - options.B.score);
  const notes = judged.notes.filter((n) => n !== JUDGE_UNREADABLE);
  const method = likelihoodName(judged.method);
  return { ...judged, method, notes, chosen, correct: chosen === judged.right, options, margin };
}

/** `ff` -> `ff-likelihood`, its condition kept. */
function likelihoodName(method: string): string {
  const found = parseRecorded(method, [FF]);
  const record = FF.records.find((r) => r.by === 'judge');
  if (!found || !record) throw new RangeError(`${method} is no free answer.`);
  return recordName(record, found.condition);
}
