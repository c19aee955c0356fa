import type { JudgeInfo } from '../../core/records/run-info.ts';
import { isFreeAnswer, waitsForJudge } from '../../core/methods/ff.ts';
import { isPersons, type FreeAnswer } from '../../core/methods/free-answers.ts';
import type { JudgeVerdict, ResultRecord } from '../../core/records/record.ts';
import { fixed } from '../kit/format.ts';

/** The key of the next answer that waits, behind `after` and then from the start; null when none waits. */
export function nextWaiting(answers: readonly FreeAnswer[], after: string | null = null): string | null {
  const at = answers.findIndex((a) => a.key === after);
  return [...answers.slice(at + 1), ...answers.slice(0, at + 1)].find((a) => a.waits && a.key !== after)?.key ?? null;
}

/** Who gave a verdict, as a sentence begins: 'Judge phantom-judge', 'Scored by AB'. */
export function byWhom(verdict: JudgeVerdict, judge: JudgeInfo | undefined): string {
  if (isPersons(verdict)) return `Scored by ${verdict.name}`;
  const self = judge?.kind === 'self' && judge.sha256 === verdict.sha256;
  return `Judge ${verdict.name}${self ? ' (the tested model itself)' : ''}`;
}

/** A judge's score as it was given: mostly a whole number. */
export function scoreText(score: number | null): string {
  return fixed(score, score === null || Number.isInteger(score) ? 0 : 1);
}

/** How many free answers there are, how many wait for a judge, and who judged the others; null where there are none. */
export interface JudgingState {
  readonly answers: number;
  readonly waiting: number;
  readonly judges: string;
}
export function judgingState(records: readonly ResultRecord[], judge: JudgeInfo | undefined): JudgingState | null {
  const free = records.filter(isFreeAnswer);
  if (free.length === 0) return null;
  const verdicts = free.flatMap((r) => (r.judge ? [r.judge] : []));
  const people = verdicts.filter(isPersons);
  const models = verdicts.filter((v) => !isPersons(v));
  const known = judge && judge.kind !== 'person' ? judge : null;
  // What the weights of a server's judge are stored in, nobody may have stated.
  const dtype = known && known.dtype !== 'not stated' ? `, ${known.dtype}` : '';
  const self = judge?.kind === 'self' ? ' (the tested model itself)' : '';
  const judges = [
    ...(models.length > 0 ? [`${names(models, known?.id)}${dtype}${self}`] : []),
    ...(people.length > 0 ? [`${names(people)} in person${models.length > 0 ? ` (${people.length})` : ''}`] : []),
  ];
  return { answers: free.length, waiting: free.filter(waitsForJudge).length, judges: judges.join(', ') };
}

/** @param known the run's own judge; one on a server has no hash, and is named all the same */
function names(verdicts: readonly JudgeVerdict[], known?: string): string {
  // The judge of another program is not named in its file, and has no hash: "of the imported file".
  const foreign = (v: JudgeVerdict): boolean => v.sha256 === '' && v.name !== known && !isPersons(v);
  const all = new Set(verdicts.map((v) => (foreign(v) ? `the judge ${v.name}` : v.name)));
  return [...all].join(', ');
}
