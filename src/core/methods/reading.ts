import type { Letter } from '../benchmark/types.ts';
import { chooseByGap, FF, JUDGE_GAP, JUDGE_UNREADABLE, UNJUDGED } from './ff.ts';
import { MC, PARSERS, type ParserName } from './mc.ts';
import { recordedMethod, meantLetter } from './registry.ts';
import type { JudgeVerdict, ResultRecord, ScoredRecord } from '../records/record.ts';

/*
 * Choices made again from what records keep (raw texts, a judge's scores), without a model. Where a choice has no text to be made from, the record stays
 * as it is.
 */

/** How raw answers are read: the parser of MC, and the gap between a judge's scores that decides FF. */
export interface Reading {
  readonly mcParser: ParserName;
  readonly ffGap: number;
}
/** As the benchmark's own code reads them. */
export const PUBLISHED_READING: Reading = { mcParser: 'published', ffGap: JUDGE_GAP };

/** Records with every choice made anew from what they keep. */
export function readAnew(records: readonly ResultRecord[], reading: Reading): readonly ResultRecord[] {
  return withGap(withParser(records, reading.mcParser), reading.ffGap);
}

/** Records with their choices made anew under a reading. What is kept was read as published, so that leaves records (imported ones too) as they are. */
export function readAs(records: readonly ResultRecord[], reading: Reading): readonly ResultRecord[] {
  const letters = reading.mcParser === PUBLISHED_READING.mcParser ? records : withParser(records, reading.mcParser);
  return reading.ffGap === PUBLISHED_READING.ffGap ? letters : withGap(letters, reading.ffGap);
}

/**
 * Records of a results folder as they are kept: read as published, whatever reading the folder was written under.
 * @param reading of its run.json
 */
export function asPublished(records: readonly ResultRecord[], reading?: Reading): readonly ResultRecord[] {
  return reading === undefined || isPublishedReading(reading) ? records : readAnew(records, PUBLISHED_READING);
}

export function isPublishedReading({ mcParser, ffGap }: Reading): boolean {
  return mcParser === PUBLISHED_READING.mcParser && ffGap === PUBLISHED_READING.ffGap;
}

/** MC choices under another parser. Under exchanged options the letter that was written is the benchmark's other one. */
export function withParser(records: readonly ResultRecord[], parser: ParserName): readonly ResultRecord[] {
  return records.map((r) => {
    const found = recordedMethod(r.method);
    if (r.status !== 'scored' || found?.record.id !== MC.id || r.text === null) return r;
    return choose(r, meantLetter(found, PARSERS[parser](r.text)));
  });
}

/** FF choices under another gap between the judge's scores. */
export function withGap(records: readonly ResultRecord[], gap: number): readonly ResultRecord[] {
  return records.map((r) => {
    if (r.status !== 'scored' || recordedMethod(r.method)?.record.id !== FF.id || !r.judge) return r;
    const { a, b } = r.judge;
    return choose(r, a === null || b === null ? null : chooseByGap({ a, b }, gap));
  });
}

/**
 * An FF record under scores that a person entered.
 * @param a how close the answer is to option A, 1 to 10; `b` likewise
 * @throws RangeError when a score is not from 1 to 10
 */
export function scoredByPerson(record: ScoredRecord, person: string, a: number, b: number): ScoredRecord {
  for (const n of [a, b]) if (!(n >= 1 && n <= 10)) throw new RangeError(`A score is a number from 1 to 10, not ${n}.`);
  const judge: JudgeVerdict = { name: person, sha256: '', person: true, a, b, text: '' };
  const notes = record.notes.filter((n) => n !== UNJUDGED && n !== JUDGE_UNREADABLE);
  return { ...choose(record, chooseByGap({ a, b }, JUDGE_GAP)), judge, notes };
}

function choose(record: ScoredRecord, chosen: Letter | null): ScoredRecord {
  return { ...record, chosen, correct: chosen === record.right };
}
