import { againstChance, type AgainstChance } from '../statistics/chance.ts';
import { indexRecords, pairAnswers, type PairAnswers, type RecordIndex } from '../statistics/counts.ts';
import type { Subject } from './subject.ts';

/*
 * What tables read a run by. Each table is about the same records, and of a long run it takes longer to find the answers than to count them: they are found
 * once, and go with the subject.
 */

interface Found {
  readonly index: RecordIndex;
  readonly answers: Map<string, readonly PairAnswers[]>;
  readonly chances: Map<string, AgainstChance | null>;
}
const found = new WeakMap<Subject, Found>();

function foundOf(subject: Subject): Found {
  const known = found.get(subject);
  if (known) return known;
  const made: Found = { index: indexRecords(subject.records), answers: new Map(), chances: new Map() };
  found.set(subject, made);
  return made;
}

/** A run's records by their key. */
export function indexOf(subject: Subject): RecordIndex {
  return foundOf(subject).index;
}

/** The answers of one of a run's methods to its pairs. */
export function answersOf(subject: Subject, method: string): readonly PairAnswers[] {
  const { index, answers } = foundOf(subject);
  const known = answers.get(method);
  if (known) return known;
  const made = pairAnswers(subject.benchmark, index, method);
  answers.set(method, made);
  return made;
}

/** A method's set accuracy against guessing; null where no pair is scored. */
export function chanceOf(subject: Subject, method: string): AgainstChance | null {
  const { chances } = foundOf(subject);
  const known = chances.get(method);
  if (known !== undefined) return known;
  const made = againstChance(answersOf(subject, method));
  chances.set(method, made);
  return made;
}
