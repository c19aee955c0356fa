import type { ImageIndex, Letter } from '../benchmark/types.ts';
import type { Fault } from '../fault.ts';
import type { Change } from '../images/changes/change.ts';

/** Version of the derivation from reads to records; changes whenever a number could change. */
export const SCORING_VERSION = '1';

export interface OptionScore {
  /** What the choice compares: gd log p(letter); ps mean over tokens; ps-official mean read at the first answer position. */
  readonly score: number;
  readonly sum: number;
  readonly tokens: readonly number[];
  readonly tokenLogprobs: readonly number[];
  /** ps: score minus the text-only score, when that was computed. */
  readonly pmi?: number;
}

export interface LetterVariant {
  readonly token: number;
  readonly piece: string;
  readonly logprob: number;
}

export interface JudgeVerdict {
  readonly name: string;
  /** Of a model's graph; '' for people and for judges of other programs. */
  readonly sha256: string;
  /** A person entered the scores. */
  readonly person?: true;
  readonly a: number | null;
  readonly b: number | null;
  readonly text: string;
}

interface RecordBase {
  readonly pair: string;
  readonly image: ImageIndex;
  readonly method: string;
  readonly right: Letter;
  /** Of the image's file. */
  readonly imageSha256: string;
  /** What was done to the image before the model saw it; absent: nothing. */
  readonly changes?: readonly Change[];
  readonly notes: readonly string[];
}

/** What was read of the model for one question. */
export interface ScoredAnswer {
  readonly status: 'scored';
  /** null: the answer is invalid (MC, FF). */
  readonly chosen: Letter | null;
  readonly options: Readonly<Record<Letter, OptionScore>> | null;
  /** gd: p(A) + p(B). */
  readonly mass: number | null;
  readonly margin: number | null;
  readonly letterVariants: Readonly<Record<Letter, readonly LetterVariant[]>> | null;
  readonly text: string | null;
  /** What the model thought before the answer in `text`, where it did. */
  readonly thought?: string;
  readonly promptTokens: number;
}

/** One question under one method; the line of records.jsonl (docs/results.md). */
export interface ScoredRecord extends RecordBase, ScoredAnswer {
  readonly correct: boolean;
  readonly judge?: JudgeVerdict;
  /** log p of the answer, where an imported file gives it. */
  readonly logprob?: number;
}

export interface FailedRecord extends RecordBase {
  readonly status: 'failed';
  readonly chosen: null;
  readonly correct: null;
  readonly options: null;
  readonly fault: Fault;
}

export type ResultRecord = ScoredRecord | FailedRecord;

/** Key under which a record is unique within a run. */
export function recordKey(r: { pair: string; image: ImageIndex; method: string }): string {
  return `${r.pair}/${r.image}/${r.method}`;
}
