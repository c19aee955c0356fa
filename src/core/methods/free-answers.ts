import type { ImageIndex, Pair } from '../benchmark/types.ts';
import { fail, fault, ok, type Result } from '../fault.ts';
import { recordKey, type JudgeVerdict, type ResultRecord, type ScoredRecord } from '../records/record.ts';
import type { JudgeInfo } from '../records/run-info.ts';
import { isFreeAnswer, waitsForJudge } from './ff.ts';
import { orderMethods } from './registry.ts';

/** A free answer that someone can score, with its question. */
export interface FreeAnswer {
  readonly key: string;
  readonly pair: Pair;
  readonly record: ScoredRecord;
  readonly text: string;
  /** Nobody has scored it yet. */
  readonly waits: boolean;
}

/** The free answers of a run in the benchmark's order. */
export function freeAnswers(pairs: readonly Pair[], records: readonly ResultRecord[]): readonly FreeAnswer[] {
  const free = records.filter(isFreeAnswer);
  const index = new Map(free.map((r) => [recordKey(r), r]));
  const methods = orderMethods(free.map((r) => r.method));
  return pairs.flatMap((pair) =>
    ([1, 2] as const satisfies readonly ImageIndex[]).flatMap((image) =>
      methods.flatMap((method) => {
        const key = recordKey({ pair: pair.id, image, method });
        const record = index.get(key);
        return record ? [{ key, pair, record, text: record.text, waits: waitsForJudge(record) }] : [];
      }),
    ),
  );
}

/** Whether scores were entered by a person. */
export function isPersons(verdict: JudgeVerdict): boolean {
  return verdict.person === true;
}

/** What run.json says of the judge once a person has scored: people, where nobody else did; else what it said before. */
export function judgeAfter(earlier: JudgeInfo | undefined, records: readonly ResultRecord[]): JudgeInfo | undefined {
  if (earlier) return earlier;
  const verdicts = records.flatMap((r) => (isFreeAnswer(r) && r.judge ? [r.judge] : []));
  return verdicts.length > 0 && verdicts.every(isPersons) ? { kind: 'person' } : undefined;
}

/** Longest name of a person that is taken: it stands in every record. */
export const LONGEST_NAME = 60;

/** The name under which a person scores. */
export function personName(given: string): Result<string> {
  const name = given.trim();
  if (name === '') return fail(fault('bad-argument', 'Enter a name or initials: every score says who gave it.'));
  if (name.length <= LONGEST_NAME) return ok(name);
  return fail(fault('bad-argument', `A name has at most ${LONGEST_NAME} characters: it stands beside every score.`));
}
