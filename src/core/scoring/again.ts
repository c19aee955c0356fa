import type { Letter } from '../benchmark/types.ts';
import { chooseByGap, JUDGE_GAP } from './ff.ts';
import { PARSERS, type ParserName } from './mc.ts';
import { methodParts } from './methods.ts';
import type { ResultRecord, ScoredRecord } from './record.ts';

/*
 * Choices made again from what records keep (raw texts, a judge's scores), without a model. Where a choice has no text to be made from, the record stays
 * as it is.
 */

/** MC choices under another parser. Under exchanged options the letter that was written is the benchmark's other one. */
export function withParser(records: readonly ResultRecord[], parser: ParserName): readonly ResultRecord[] {
  return records.map((r) => {
    const parts = methodParts(r.method);
    if (r.status !== 'scored' || parts?.base !== 'mc' || r.text === null) return r;
    const written = PARSERS[parser](r.text);
    return choose(r, parts.condition === 'swap' && written !== null ? other(written) : written);
  });
}

/** FF choices under another gap between the judge's scores. */
export function withGap(records: readonly ResultRecord[], gap: number): readonly ResultRecord[] {
  return records.map((r) => {
    if (r.status !== 'scored' || methodParts(r.method)?.base !== 'ff' || !r.judge) return r;
    const { a, b } = r.judge;
    return choose(r, a === null || b === null ? null : chooseByGap({ a, b }, gap));
  });
}

/** An FF record under scores that a person entered, from 1 to 10. */
export function scoredByPerson(record: ScoredRecord, person: string, a: number, b: number): ScoredRecord {
  const judge = { name: person, sha256: '', a, b, text: '' };
  const notes = record.notes.filter((n) => n !== 'unjudged' && n !== 'judge-unreadable');
  return { ...choose(record, chooseByGap({ a, b }, JUDGE_GAP)), judge, notes };
}

function choose(record: ScoredRecord, chosen: Letter | null): ScoredRecord {
  return { ...record, chosen, correct: chosen === record.right };
}

function other(letter: Letter): Letter {
  return letter === 'A' ? 'B' : 'A';
}
