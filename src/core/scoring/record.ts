import type { ImageIndex, Letter } from '../benchmark/types.ts';
import type { Fault } from '../fault.ts';

/** Version of the derivation from reads to records; changes whenever a number could change. */
export const SCORING_VERSION = '1';

/** Methods whose records Lookalike makes itself. Others (imported ones) come by their own names. */
export const METHODS = ['gd', 'ps', 'ps-official', 'mc', 'ff', 'ff-likelihood'] as const;
export type Method = (typeof METHODS)[number];

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
  readonly imageSha256: string;
  readonly notes: readonly string[];
}

/** One question under one method; the line of records.jsonl (results.md). */
export interface ScoredRecord extends RecordBase {
  readonly status: 'scored';
  /** null: the answer is invalid (MC, FF). */
  readonly chosen: Letter | null;
  readonly correct: boolean;
  readonly options: Readonly<Record<Letter, OptionScore>> | null;
  /** gd: p(A) + p(B). */
  readonly mass: number | null;
  readonly margin: number | null;
  readonly letterVariants: Readonly<Record<Letter, readonly LetterVariant[]>> | null;
  readonly text: string | null;
  readonly promptTokens: number;
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
