import { THOUGHT_CUT } from './thought.ts';
import type { ImageIndex, Letter } from '../benchmark/types.ts';
import type { Fault } from '../fault.ts';
import type { Change } from '../images/changes/change.ts';
import type { FailedRecord, ResultRecord, ScoredRecord } from '../records/record.ts';
import { meantLetter, recordedMethod } from './registry.ts';

/** The question that a record is about. */
export interface RecordedQuestion {
  readonly pair: string;
  readonly image: ImageIndex;
  readonly right: Letter;
  /** '' where the image has no file. */
  readonly imageSha256: string;
  /** What was done to the image; absent: nothing. */
  readonly changes?: readonly Change[];
}

/** What an engine found out about one question under one method: a choice by likelihood, or text. */
export interface FoundOutcome extends Pick<
  ScoredRecord,
  'method' | 'chosen' | 'options' | 'mass' | 'margin' | 'letterVariants' | 'text'
> {
  /** What the model thought before its answer, where it did. */
  readonly thought?: string;
  readonly promptTokens: number;
  readonly notes: readonly string[];
}

/** The record of an outcome. A method that reads text says here what the text means; a judge's methods wait for the judge. */
export function scoredRecord(q: RecordedQuestion, outcome: FoundOutcome): ResultRecord {
  const { method, options, mass, margin, letterVariants, text, promptTokens, notes } = outcome;
  const base = baseOf(q, method);
  const found = recordedMethod(method);
  if (found?.method.reads === 'text' && text !== null) {
    // An answer that never came is nobody's to read.
    const cut = notes.includes(THOUGHT_CUT);
    const read = cut ? { chosen: null, notes: [] } : found.method.read(text);
    const chosen = meantLetter(found, read.chosen);
    const none = { options: null, mass: null, margin: null, letterVariants: null };
    const { thought } = outcome;
    const reply = { text, ...(thought === undefined ? {} : { thought }) };
    const said = { ...none, ...reply, promptTokens, notes: [...notes, ...read.notes] };
    return { ...base, status: 'scored', ...said, chosen, correct: chosen === q.right };
  }
  const { chosen } = outcome;
  const scored = { status: 'scored', chosen, correct: chosen === q.right } as const;
  return { ...base, ...scored, options, mass, margin, letterVariants, text, promptTokens, notes };
}

/** In the order of docs/results.md. */
function baseOf(
  { pair, image, right, imageSha256, changes }: RecordedQuestion,
  method: string,
): RecordedQuestion & { readonly method: string } {
  return { pair, image, method, right, imageSha256, ...(changes === undefined ? {} : { changes }) };
}

/** The record of a question that could not be scored. */
export function failedRecord(q: RecordedQuestion, method: string, fault: Fault): FailedRecord {
  const base = baseOf(q, method);
  return { ...base, status: 'failed', chosen: null, correct: null, options: null, fault, notes: [] };
}
