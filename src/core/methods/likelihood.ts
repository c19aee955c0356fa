import type { Letter } from '../benchmark/types.ts';
import type { LetterVariant, OptionScore } from '../records/record.ts';

/** log p of some tokens under the full softmax, read at one position. */
export type TokenLogprobs = ReadonlyMap<number, number>;

/** Note of a choice between options of the very same score: the rule for ties made it, not the model. */
export const TIE = 'tie';
/** Note of a question whose options are the same tokens to the model. */
export const SAME_TOKENS = 'same-tokens';

/**
 * log-softmax of one row of logits at some tokens, in float64, over the whole width of the row (which may exceed the tokenizer's: tokenless
 * rows hold mass too, docs/runtime.md).
 * @param row logits of one position, [vocabulary]
 * @throws RangeError when a logit is NaN or all are -Infinity: a broken device must not become a number
 */
export function logSoftmaxAt(row: ArrayLike<number>, tokens: readonly number[]): Map<number, number> {
  let max = -Infinity;
  for (let i = 0; i < row.length; i++) {
    const x = row[i] as number;
    if (Number.isNaN(x)) throw new RangeError(`The logit of token ${i} is not a number.`);
    if (x > max) max = x;
  }
  if (!Number.isFinite(max)) throw new RangeError(`The largest of ${row.length} logits is ${max}.`);
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += Math.exp((row[i] as number) - max);
  const log = max + Math.log(sum);
  const out = new Map<number, number>();
  for (const t of tokens) {
    const x = row[t];
    if (x === undefined) throw new RangeError(`Token ${t} lies outside the ${row.length} logits of this model.`);
    // A logit of -Infinity would make log p infinite, which no result file can hold; the smallest float64 exponent stands for p = 0.
    out.set(t, Math.max(x - log, MIN_LOGPROB));
  }
  return out;
}
/** log of the smallest positive float64: what stands for p = 0 in results. */
export const MIN_LOGPROB = Math.log(Number.MIN_VALUE);

/** The letter tokens of a tokenizer: the published one, and every single-token writing of the same letter. */
export interface LetterTokens {
  /** `encode(letter, no special tokens)`, one token (docs/scoring.md, GD). */
  readonly token: number;
  readonly variants: readonly { readonly token: number; readonly piece: string }[];
}

export interface LikelihoodOutcome {
  readonly chosen: Letter;
  readonly options: Readonly<Record<Letter, OptionScore>>;
  readonly mass: number | null;
  readonly margin: number;
  readonly letterVariants: Readonly<Record<Letter, readonly LetterVariant[]>> | null;
  readonly notes: readonly string[];
}

/** log p of an option's tokens: each given those before it, and each at the first answer position. */
export interface OptionReads {
  readonly tokens: readonly number[];
  readonly tokenLogprobs: readonly number[];
  readonly firstLogprobs: readonly number[];
}

/** Options were exchanged in the prompt: what was chosen and read as A is the benchmark's B. */
export function swapBack(o: LikelihoodOutcome): LikelihoodOutcome {
  const letters = o.letterVariants;
  return {
    ...o,
    chosen: o.chosen === 'A' ? 'B' : 'A',
    options: { A: o.options.B, B: o.options.A },
    letterVariants: letters ? { A: letters.B, B: letters.A } : null,
  };
}
