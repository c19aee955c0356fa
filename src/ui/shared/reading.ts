import { isPublishedReading, PUBLISHED_READING, type Reading } from '../../core/methods/reading.ts';
import { FF } from '../../core/methods/ff.ts';
import { MC, type ParserName } from '../../core/methods/mc.ts';
import { recordedMethod } from '../../core/methods/registry.ts';
import type { ResultRecord } from '../../core/records/record.ts';

/** Gaps between a judge's two scores that a page offers. */
export const GAPS = [1, 2, 3, 4, 5] as const;
/** What each way of reading MC takes for an answer, in one line. */
export const PARSER_WORDS = {
  published:
    'As the paper’s code: one word must be the letter as it spells it. “(A)” is invalid, “A CT scan shows” is A.',
  strict:
    'Behind any thought, the answer must be the letter alone, or name it as the answer. “(A)” is A; “A CT scan shows” and a repeated list of options are invalid.',
} as const satisfies Record<ParserName, string>;
export const GAP_WORDS =
  'An option is chosen when its score is higher by at least this much; else the answer is invalid.';

/** The reading that an address asks for: `mc=strict`, `gap=2`. Whatever names none is the published one. */
export function readReading(query: Readonly<Record<string, string | undefined>>): Reading {
  const gap = GAPS.find((g) => String(g) === query['gap']);
  return {
    mcParser: query['mc'] === 'strict' ? 'strict' : PUBLISHED_READING.mcParser,
    ffGap: gap ?? PUBLISHED_READING.ffGap,
  };
}

/** What an address says of a reading; nothing of what is as published. */
export function readingQuery({ mcParser, ffGap }: Reading): Readonly<Record<string, string>> {
  return {
    ...(mcParser === PUBLISHED_READING.mcParser ? {} : { mc: mcParser }),
    ...(ffGap === PUBLISHED_READING.ffGap ? {} : { gap: String(ffGap) }),
  };
}

/** The same as a change of an address (router.setQuery): what is as published is taken out of it. */
export function readingChange(reading: Reading): Readonly<Record<string, string>> {
  return { mc: '', gap: '', ...readingQuery(reading) };
}

/** What of records can be read otherwise: MC texts, and free answers that have a judge's scores. */
export interface Readable {
  readonly mc: boolean;
  readonly ff: boolean;
}
export function readableIn(records: readonly ResultRecord[]): Readable {
  // A name is read once, not with each of 40,000 records.
  const names = new Set(records.map((r) => r.method));
  const some = (base: string, has: (r: ResultRecord & { status: 'scored' }) => boolean): boolean => {
    const meant = new Set([...names].filter((name) => recordedMethod(name)?.record.id === base));
    return meant.size > 0 && records.some((r) => r.status === 'scored' && meant.has(r.method) && has(r));
  };
  return { mc: some(MC.id, (r) => r.text !== null), ff: some(FF.id, (r) => r.judge !== undefined) };
}

/** A reading without what changes nothing here: the rest is as published. */
export function applicable(reading: Reading, { mc, ff }: Readable): Reading {
  return {
    mcParser: mc ? reading.mcParser : PUBLISHED_READING.mcParser,
    ffGap: ff ? reading.ffGap : PUBLISHED_READING.ffGap,
  };
}

/** How answers are read where that is not as published; null where it is. */
export function readingWords(reading: Reading): string | null {
  if (isPublishedReading(reading)) return null;
  const mc = reading.mcParser === PUBLISHED_READING.mcParser ? [] : ['MC is read strictly'];
  const ff =
    reading.ffGap === PUBLISHED_READING.ffGap ? [] : [`FF is decided by a gap of ${reading.ffGap} between the scores`];
  const [first = '', ...rest] = [...mc, ...ff];
  return `${[first, ...rest].join(', and ')}. This is not how the benchmark’s own code reads answers: these numbers do not compare with the paper.`;
}
