import { JUDGE_GAP, JUDGE_UNREADABLE } from '../methods/ff.ts';
import { NO_ANSWER } from '../methods/judging.ts';
import { behindThought } from '../methods/thought.ts';
import type { ScoredRecord } from '../records/record.ts';

/** Why an answer chose neither option. Of free answers the first four, of MC the others; `no-answer` and `cut` are of both. */
export const INVALID_KINDS = [
  'judge-unreadable',
  'scores-near',
  'judged-invalid',
  'no-answer',
  'cut',
  'no-letter',
  'both-letters',
] as const;
export type InvalidKind = (typeof INVALID_KINDS)[number];

/** In words, as tables head them. */
export const INVALID_NAMES: Readonly<Record<InvalidKind, string>> = {
  'judge-unreadable': 'Judge unreadable',
  'scores-near': 'Scores too near',
  'judged-invalid': 'Judged invalid',
  'no-answer': 'No answer given',
  cut: 'Cut',
  'no-letter': 'No letter',
  'both-letters': 'Both letters',
};

/** How many answers of each kind; kinds that do not occur are left out. */
export type InvalidCounts = Readonly<Partial<Record<InvalidKind, number>>>;

/** Notes of a text that ended inside the model's thought. */
const CUT_NOTES: ReadonlySet<string> = new Set(['cut-in-thought', 'thought-cut', 'cut']);

/** Letters as MC's published parser knows them, each as a word. */
const LETTER = (letter: 'A' | 'B'): RegExp => new RegExp(`(?:^|[^A-Za-z0-9])${letter}(?![A-Za-z0-9])`);

/**
 * Why a record is invalid; null where it is not.
 * @param free whether it is an answer in the model's own words (FF)
 */
export function invalidKind(record: ScoredRecord, free: boolean): InvalidKind | null {
  if (record.chosen !== null) return null;
  if (record.notes.some((n) => CUT_NOTES.has(n))) return 'cut';
  if (record.notes.includes(NO_ANSWER)) return 'no-answer';
  if (record.text !== null) {
    const { answer, cut } = behindThought(record.text);
    if (cut) return 'cut';
    if (answer.trim() === '') return 'no-answer';
    if (!free) return LETTER('A').test(answer) && LETTER('B').test(answer) ? 'both-letters' : 'no-letter';
  }
  if (!free) return 'no-letter';
  if (record.notes.includes(JUDGE_UNREADABLE)) return 'judge-unreadable';
  const { a, b } = record.judge ?? { a: null, b: null };
  if (a === null || b === null) return 'judged-invalid';
  // Both scores low: close to neither option, which is a verdict of its own.
  return Math.max(a, b) <= JUDGE_GAP ? 'judged-invalid' : 'scores-near';
}

/** Counts of invalid answers by kind. */
export function countInvalid(records: readonly ScoredRecord[], free: boolean): InvalidCounts {
  const counts: Partial<Record<InvalidKind, number>> = {};
  for (const record of records) {
    const kind = invalidKind(record, free);
    if (kind !== null) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** The split in words: "3 judge unreadable, 1 no answer given"; '' where no answer is invalid. */
export function invalidWords(counts: InvalidCounts): string {
  return INVALID_KINDS.flatMap((kind) => {
    const n = counts[kind];
    return n === undefined ? [] : [`${n} ${INVALID_NAMES[kind].toLowerCase()}`];
  }).join(', ');
}
