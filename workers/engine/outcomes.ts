import { toFault } from '../../src/core/fault.ts';
import { scoreGd, scorePs, type LikelihoodOutcome, type OptionReads } from '../../src/core/scoring/likelihood.ts';
import { recordedMethods } from '../../src/core/scoring/methods.ts';
import type { Outcome, QuestionRequest } from '../../src/protocol/engine.ts';
import type { Ask, QuestionPlan } from './asks.ts';
import type { Readings } from './execute.ts';
import type { Tokenizer } from './tokenizer.ts';

/** Turns what was read for a question into one outcome a recorded method. */
export function outcomesOf(
  plan: QuestionPlan,
  readings: Readings,
  tokenizer: Tokenizer,
  notes: readonly string[],
): Outcome[] {
  const { pair, image } = plan.question;
  const scored = (ask: Ask, method: string, o: LikelihoodOutcome): Outcome => {
    const { promptTokens } = ask;
    return { ...o, pair, image, method, status: 'scored', text: null, promptTokens, notes: [...notes, ...o.notes] };
  };
  return plan.asks.flatMap((ask): Outcome[] => {
    if (ask.kind === 'letters') {
      const o = scoreGd(readings.at(ask.key, ask.position), tokenizer.letters());
      return [scored(ask, ask.method, ask.swapped ? swapBack(o) : o)];
    }
    if (ask.kind === 'options') {
      const reads = { A: optionReads(ask.options.A, readings), B: optionReads(ask.options.B, readings) };
      return recordedMethods(ask.method).map((m) => scored(ask, m, scorePs(reads, m === 'ps-official')));
    }
    // The text is the answer; what it means (a letter, a judge's scores) is decided outside, so that a parser can be re-applied without a model.
    const text = tokenizer.decode(readings.decoded(ask.key));
    const none = { chosen: null, options: null, mass: null, margin: null, letterVariants: null };
    const { method, promptTokens } = ask;
    return [{ ...none, pair, image, method, status: 'scored', text, promptTokens, notes: [...notes] }];
  });
}

/** Options were exchanged in the prompt: what was chosen and read as A is the benchmark's B. */
function swapBack(o: LikelihoodOutcome): LikelihoodOutcome {
  const letters = o.letterVariants;
  return {
    ...o,
    chosen: o.chosen === 'A' ? 'B' : 'A',
    options: { A: o.options.B, B: o.options.A },
    letterVariants: letters ? { A: letters.B, B: letters.A } : null,
  };
}

function optionReads(o: { key: string; start: number; tokens: readonly number[] }, readings: Readings): OptionReads {
  const value = (position: number, token: number): number => {
    const p = readings.at(o.key, position).get(token);
    if (p === undefined) throw new RangeError(`log p of token ${token} at ${position} was not read.`);
    return p;
  };
  return {
    tokens: o.tokens,
    tokenLogprobs: o.tokens.map((t, j) => value(o.start - 1 + j, t)),
    firstLogprobs: o.tokens.map((t) => value(o.start - 1, t)),
  };
}

/** A question that could not be asked: one failed outcome for each record it would have written. */
export function failedOutcomes(q: QuestionRequest, error: unknown): Outcome[] {
  const fault = toFault(error, 'runtime');
  return q.methods.flatMap((m) =>
    recordedMethods(m).map((method): Outcome => ({ pair: q.pair, image: q.image, method, status: 'failed', fault })),
  );
}
