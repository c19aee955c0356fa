import type { Letter } from '../benchmark/types.ts';
import type { ResultRecord, ScoredRecord } from '../records/record.ts';
import type { ConditionKind } from './conditions.ts';
import type { LetterTokens, LikelihoodOutcome, OptionReads, TokenLogprobs } from './likelihood.ts';

/** How a record is written into the benchmark's own result files (`<key>_<mode>.json`). */
export interface OfficialFile {
  readonly mode: string;
  /** What stands in `full_answer`, and in A and B: the chosen letter (10 and 0), the raw text (10 and 0), or the text with the judge's two scores. */
  readonly answer: 'letter' | 'text' | 'scores';
}

/** One kind of record that a method writes. */
export interface RecordKind {
  /** Its name in records and result files. */
  readonly id: string;
  /** Its name in tables and on pages. */
  readonly label: string;
  /** What it is, in one line. */
  readonly means: string;
  /** pass: written when the question is scored; judge: beside it, when a judge has read the answer; derived: made from other records with the numbers. */
  readonly by: 'pass' | 'judge' | 'derived';
  /** Under a condition it is not written. */
  readonly plainOnly?: true;
  /** Place among the columns of Table 1, and the paper's own name for it where the paper has it; null: no column. */
  readonly column: { readonly place: number; readonly printed: string | null; readonly note?: string } | null;
  /** null: the benchmark's own code knows no such method. */
  readonly official: OfficialFile | null;
}

interface MethodFacts {
  /** Its name in arguments and prompt sets; its first record has the same. */
  readonly id: string;
  /** Which template of a prompt set asks for it, where the set has none of its own: the one that names both options, or the open question. */
  readonly asks: 'letter' | 'open';
  /** Conditions under which it can be asked. */
  readonly conditions: readonly ConditionKind[];
  /** Its answers mean nothing until a judge has read them. */
  readonly judged: boolean;
  /** Asked where nobody chooses methods. */
  readonly usual: boolean;
  /** Mode of the benchmark's own prompt file (answering.json) that words it; null: none. */
  readonly officialPrompt: string | null;
  readonly records: readonly [RecordKind, ...RecordKind[]];
  /** Only of a model behind a server, where the method of this id cannot be had exactly; it is asked in that method's words. */
  readonly insteadOf?: string;
  /** Records of kind `derived`, and the records they are made from with what was found noted in them. */
  readonly derive?: (records: readonly ResultRecord[]) => Derived;
}

export interface Derived {
  readonly records: readonly ResultRecord[];
  readonly derived: readonly ScoredRecord[];
}

/** What is read of the model: the next token's likelihood at some letters, the likelihoods of both options, or text that it writes. */
type Scoring =
  | {
      readonly reads: 'letters';
      /** @param at log p at the prompt's last position, of both letters and all their variants */
      readonly score: (at: TokenLogprobs, letters: Readonly<Record<Letter, LetterTokens>>) => LikelihoodOutcome;
    }
  | {
      readonly reads: 'options';
      /** @param record which of the method's records is wanted */
      readonly score: (reads: Readonly<Record<Letter, OptionReads>>, record: string) => LikelihoodOutcome;
    }
  | {
      readonly reads: 'text';
      /** Longest answer in new tokens. */
      readonly maxTokens: number;
      /** What an answer says as it was written, before exchanged options are exchanged back. */
      readonly read: (text: string) => { readonly chosen: Letter | null; readonly notes: readonly string[] };
    };

/** A scoring method: everything that the rest of the program knows of it. */
export type Method = MethodFacts & Scoring;
