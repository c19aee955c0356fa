import type { Letter } from '../benchmark/types.ts';
import type { LetterVariant, OptionScore } from './record.ts';

/** log p of some tokens under the full softmax, read at one position. */
export type TokenLogprobs = ReadonlyMap<number, number>;

/** Below this p(A) + p(B) the record carries the note "low-mass": the model was hardly answering with a letter. */
export const LOW_MASS = 0.5;

/**
 * log-softmax of one row of logits at some tokens, in float64, over the whole width of the row (which may exceed the tokenizer's: tokenless
 * rows hold mass too, runtime.md).
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
  /** `encode(letter, no special tokens)`, one token (scoring.md, GD). */
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

/**
 * GD (arXiv 2409.15477, section 3.1): the larger of log p(A) and log p(B) at the last position; tie -> A; never invalid.
 * @param at log p at the prompt's last position, of both letters and all their variants
 */
export function scoreGd(at: TokenLogprobs, letters: Readonly<Record<Letter, LetterTokens>>): LikelihoodOutcome {
  const option = (l: Letter): OptionScore => {
    const p = logprob(at, letters[l].token);
    return { score: p, sum: p, tokens: [letters[l].token], tokenLogprobs: [p] };
  };
  const options = { A: option('A'), B: option('B') };
  const variants = (l: Letter): LetterVariant[] =>
    letters[l].variants.map(({ token, piece }) => ({ token, piece, logprob: logprob(at, token) }));
  const letterVariants = { A: variants('A'), B: variants('B') };
  const mass = Math.exp(options.A.score) + Math.exp(options.B.score);
  const notes: string[] = [];
  if (mass < LOW_MASS) notes.push('low-mass');
  for (const l of ['A', 'B'] as const)
    if (letterVariants[l].some((v) => v.logprob > options[l].score)) notes.push(`letter-variant-heavier-${l}`);
  const chosen = options.B.score > options.A.score ? 'B' : 'A';
  return { chosen, options, mass, margin: Math.abs(options.A.score - options.B.score), letterVariants, notes };
}

/** log p of an option's tokens: each given those before it, and each at the first answer position. */
export interface OptionReads {
  readonly tokens: readonly number[];
  readonly tokenLogprobs: readonly number[];
  readonly firstLogprobs: readonly number[];
}

/**
 * PS: mean over the option's tokens of log p(t_j | image, question, t_<j); `official` reads every token at the first answer position, as the
 * published code does (its gather uses the wrong dimension; scoring.md). Tie -> B (strict >).
 */
export function scorePs(reads: Readonly<Record<Letter, OptionReads>>, official: boolean): LikelihoodOutcome {
  const option = (r: OptionReads): OptionScore => {
    const tokenLogprobs = official ? r.firstLogprobs : r.tokenLogprobs;
    const sum = tokenLogprobs.reduce((a, b) => a + b, 0);
    return { score: sum / tokenLogprobs.length, sum, tokens: r.tokens, tokenLogprobs };
  };
  const options = { A: option(reads.A), B: option(reads.B) };
  const chosen = options.A.score > options.B.score ? 'A' : 'B';
  return {
    chosen,
    options,
    mass: null,
    margin: Math.abs(options.A.score - options.B.score),
    letterVariants: null,
    notes: [],
  };
}

function logprob(at: TokenLogprobs, token: number): number {
  const p = at.get(token);
  if (p === undefined) throw new RangeError(`log p of token ${token} was not read.`);
  return p;
}
