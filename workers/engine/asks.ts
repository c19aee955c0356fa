import type { Letter } from '../../src/core/benchmark/types.ts';
import { fault, FaultError } from '../../src/core/fault.ts';
import type { PlannedSequence } from '../../src/core/plan/tree.ts';
import { methodParts, type Base, type MethodParts } from '../../src/core/scoring/methods.ts';
import type { QuestionRequest } from '../../src/protocol/engine.ts';
import type { Prompt, PromptMaker } from './prompts.ts';
import type { Tokenizer } from './tokenizer.ts';

interface OptionAsk {
  readonly key: string;
  readonly start: number;
  readonly tokens: readonly number[];
}

/** What one method asks of one question, in terms of sequences. */
export type Ask = { readonly method: string; readonly promptTokens: number } & (
  | { readonly kind: 'letters'; readonly key: string; readonly position: number; readonly swapped: boolean }
  | { readonly kind: 'options'; readonly options: Readonly<Record<Letter, OptionAsk>> }
  | { readonly kind: 'text'; readonly key: string }
);

/** Everything one question asks under its methods, as sequences for the tree. */
export interface QuestionPlan {
  readonly question: QuestionRequest;
  readonly sequences: readonly PlannedSequence[];
  readonly asks: readonly Ask[];
}

/** Longest answers in tokens: MC at most 32 new tokens (scoring.md), FF as the generation settings say. */
export interface DecodeLimits {
  readonly mc: number;
  readonly ff: number;
}

export interface Makers {
  readonly seeing: PromptMaker;
  /** The same prompts without the image. */
  readonly blind: PromptMaker;
  /** The same in other words, with the image. */
  readonly paraphrased: readonly PromptMaker[];
}

/**
 * The maker and the options of a method's prompt.
 * @throws FaultError 'bad-argument' for a method that is none, or a paraphrase that was not brought
 */
export function promptOf(
  method: string,
  q: Pick<QuestionRequest, 'options'>,
  makers: Makers,
): { readonly parts: MethodParts; readonly maker: PromptMaker; readonly options: QuestionRequest['options'] } {
  const parts = methodParts(method);
  const { A, B } = q.options;
  const maker =
    parts?.paraphrase !== undefined
      ? makers.paraphrased[parts.paraphrase - 1]
      : parts?.condition === 'no-image'
        ? makers.blind
        : makers.seeing;
  if (!parts || !maker || parts.condition === 'blank-image')
    throw new FaultError(fault('bad-argument', `There is no method "${method}".`, { method }));
  return { parts, maker, options: parts.condition === 'swap' ? { A: B, B: A } : { A, B } };
}

/**
 * Turns a question into sequences with the reads that its methods need.
 * @throws FaultError 'bad-prompt', 'bad-argument'
 */
export function planQuestion(
  q: QuestionRequest,
  makers: Makers,
  tokenizer: Tokenizer,
  limits: DecodeLimits,
): QuestionPlan {
  const sequences: PlannedSequence[] = [];
  const asks = q.methods.map((method): Ask => {
    const { parts, maker, options } = promptOf(method, q, makers);
    const blind = parts.condition === 'no-image';
    const swapped = parts.condition === 'swap';
    const prompt = maker.prompt(parts.base, { ...q, options });
    const make = sequenceMaker(q, method, maker, prompt, blind);
    const promptTokens = prompt.ids.length;
    if (parts.base === 'gd') {
      const sequence = make.prompt(letterTargets(tokenizer), 0);
      sequences.push(sequence);
      return { method, promptTokens, kind: 'letters', key: sequence.key, position: sequence.ids.length - 1, swapped };
    }
    if (parts.base === 'ps') {
      const made = { A: make.option('A'), B: make.option('B') };
      sequences.push(made.A.sequence, made.B.sequence);
      return { method, promptTokens, kind: 'options', options: { A: made.A.ask, B: made.B.ask } };
    }
    const sequence = make.prompt([], decodeLimit(parts.base, limits));
    sequences.push(sequence);
    return { method, promptTokens, kind: 'text', key: sequence.key };
  });
  return { question: q, sequences, asks };
}

function decodeLimit(base: Base, limits: DecodeLimits): number {
  return base === 'mc' ? limits.mc : limits.ff;
}

function letterTargets(tokenizer: Tokenizer): readonly number[] {
  const letters = tokenizer.letters();
  return (['A', 'B'] as const).flatMap((l) => [letters[l].token, ...letters[l].variants.map((v) => v.token)]);
}

function sequenceMaker(q: QuestionRequest, method: string, maker: PromptMaker, prompt: Prompt, blind: boolean) {
  const key = `${q.pair}/${q.image}/${method}`;
  const shared = { blind, ...(maker.decoderStart === null ? {} : { context: prompt.text }) };
  return {
    /** The prompt alone, read for `targets` at its end or decoded from there. */
    prompt: (targets: readonly number[], decode: number): PlannedSequence => {
      const ids = maker.decoderStart ?? prompt.ids;
      const reads = targets.length > 0 ? [{ position: ids.length - 1, targets }] : [];
      return { key, ids, promptLength: ids.length, reads, decode, ...shared };
    },
    /** The prompt with an option behind it: the first answer position is read for all tokens (ps-official), each later one for the token that follows. */
    option: (letter: Letter): { sequence: PlannedSequence; ask: OptionAsk } => {
      const { ids, start, tokens } = maker.withOption(prompt, q.options[letter]);
      const reads = tokens.map((t, j) => ({ position: start - 1 + j, targets: j === 0 ? [...tokens] : [t] }));
      const sequence = { key: `${key}-${letter}`, ids, promptLength: start, reads, decode: 0, ...shared };
      return { sequence, ask: { key: sequence.key, start, tokens } };
    },
  };
}
