import type { Letter } from '../../src/core/benchmark/types.ts';
import { DEFAULT_CHAT, type ChatSettings } from '../../src/core/chat/settings.ts';
import { fault, FaultError } from '../../src/core/fault.ts';
import type { PlannedSequence } from '../../src/core/plan/tree.ts';
import { presentationOf, type Presentation } from '../../src/core/methods/conditions.ts';
import type { Method } from '../../src/core/methods/method.ts';
import { nameOf, type RequestedMethod } from '../../src/core/methods/names.ts';
import { methodOf } from '../../src/core/methods/registry.ts';
import type { QuestionAsk } from '../../src/core/plan/ask.ts';
import { optionNotes } from './askable.ts';
import type { Prompt, PromptMaker } from './prompts.ts';
import type { Tokenizer } from '../language/tokenizer.ts';

interface OptionAsk {
  readonly key: string;
  readonly start: number;
  readonly tokens: readonly number[];
}

/** What one method asks of one question, in terms of sequences. */
export type Ask = {
  readonly request: RequestedMethod;
  readonly promptTokens: number;
  readonly notes: readonly string[];
} & (
  | { readonly kind: 'letters'; readonly key: string; readonly position: number }
  | { readonly kind: 'options'; readonly options: Readonly<Record<Letter, OptionAsk>> }
  | { readonly kind: 'text'; readonly key: string; /** The reply begins inside a thought. */ readonly begun: boolean }
);

/** Everything one question asks under its methods, as sequences for the tree. */
export interface QuestionPlan {
  readonly question: QuestionAsk;
  readonly sequences: readonly PlannedSequence[];
  readonly asks: readonly Ask[];
}

/** Longest answers in new tokens. */
export interface DecodeLimits {
  /** By method; a method's own where nothing is said. */
  readonly answer: Readonly<Record<string, number>>;
  /** What a thought may take before the answer, where the model thinks. */
  readonly thought: number;
  /** The template was let think. */
  readonly thinks: boolean;
}

/** Limits of a group's answers. Told to think, a model may do so though its template knows nothing of it. */
export function decodeLimits(
  { template }: Pick<Tokenizer, 'template'>,
  { thinking, thoughtTokens }: ChatSettings = DEFAULT_CHAT,
  answer: DecodeLimits['answer'] = {},
): DecodeLimits {
  const thinks = thinking === 'on' || (thinking === 'auto' && template?.knowsThinking === true);
  return { answer, thought: thoughtTokens, thinks };
}

export interface Makers {
  readonly seeing: PromptMaker;
  /** The same prompts without the image. */
  readonly blind: PromptMaker;
  /** The same in other words, with the image. */
  readonly paraphrased: readonly PromptMaker[];
}

/**
 * The maker and the options of a method's prompt. The blank image is shown as any image is.
 * @throws FaultError 'bad-argument' for a method that is none, or a paraphrase that was not brought
 */
export function promptOf(
  request: RequestedMethod,
  q: Pick<QuestionAsk, 'options'>,
  makers: Makers,
): {
  readonly method: Method;
  readonly shown: Presentation;
  readonly maker: PromptMaker;
  readonly options: QuestionAsk['options'];
} {
  const shown = presentationOf(request.condition);
  const { A, B } = q.options;
  const maker =
    shown.wording !== null
      ? makers.paraphrased[shown.wording - 1]
      : shown.image === 'none'
        ? makers.blind
        : makers.seeing;
  if (!maker) {
    const name = nameOf(request);
    throw new FaultError(fault('bad-argument', `The words of "${name}" were not brought.`, { method: name }));
  }
  return { method: methodOf(request), shown, maker, options: shown.swapped ? { A: B, B: A } : { A, B } };
}

/**
 * Turns a question into sequences with the reads that its methods need.
 * @throws FaultError 'bad-prompt', 'bad-argument'
 */
export function planQuestion(q: QuestionAsk, makers: Makers, tokenizer: Tokenizer, limits: DecodeLimits): QuestionPlan {
  const sequences: PlannedSequence[] = [];
  const same = optionNotes(q, tokenizer);
  const asks = q.methods.map((request): Ask => {
    const { method, shown, maker, options } = promptOf(request, q, makers);
    const prompt = maker.prompt(method, { ...q, options });
    const make = sequenceMaker(q, nameOf(request), maker, prompt, shown.image === 'none');
    const said = { request, promptTokens: prompt.ids.length, notes: [...prompt.notes, ...same] };
    if (method.reads === 'letters') {
      const sequence = make.prompt(letterTargets(tokenizer), 0);
      sequences.push(sequence);
      return { ...said, kind: 'letters', key: sequence.key, position: sequence.ids.length - 1 };
    }
    if (method.reads === 'options') {
      const made = { A: make.option('A'), B: make.option('B') };
      sequences.push(made.A.sequence, made.B.sequence);
      return { ...said, kind: 'options', options: { A: made.A.ask, B: made.B.ask } };
    }
    const answer = limits.answer[method.id] ?? method.maxTokens;
    const sequence = make.prompt([], prompt.begun || limits.thinks ? answer + limits.thought : answer);
    sequences.push(sequence);
    return { ...said, kind: 'text', key: sequence.key, begun: prompt.begun };
  });
  return { question: q, sequences, asks };
}

function letterTargets(tokenizer: Tokenizer): readonly number[] {
  const letters = tokenizer.letters();
  return (['A', 'B'] as const).flatMap((l) => [letters[l].token, ...letters[l].variants.map((v) => v.token)]);
}

function sequenceMaker(q: QuestionAsk, method: string, maker: PromptMaker, prompt: Prompt, blind: boolean) {
  const key = `${q.pair}/${q.image}/${method}`;
  const { whole, reads, decoderStart } = maker;
  const shared = {
    blind,
    ...(decoderStart === null ? {} : { context: prompt.text }),
    ...(whole ? { whole } : {}),
    ...(reads ? { instruction: prompt.instruction } : {}),
  };
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
