import { toFault } from '../../src/core/fault.ts';
import { recordedMethods } from '../../src/core/plan/groups.ts';
import { scoreGd, scorePs, type LikelihoodOutcome, type OptionReads } from '../../src/core/scoring/likelihood.ts';
import type { Outcome, QuestionRequest } from '../../src/protocol/engine.ts';
import type { Readings } from './execute.ts';
import type { QuestionPlan } from './prompts.ts';
import type { Tokenizer } from './tokenizer.ts';

/** Turns what was read for a question into one outcome a method. */
export function outcomesOf(
  plan: QuestionPlan,
  readings: Readings,
  tokenizer: Tokenizer,
  notes: readonly string[],
): Outcome[] {
  const { pair, image } = plan.question;
  const out: Outcome[] = [];
  const scored = (method: string, o: LikelihoodOutcome, promptTokens: number): void => {
    out.push({ ...o, pair, image, method, status: 'scored', text: null, promptTokens, notes: [...notes, ...o.notes] });
  };
  if (plan.gd) {
    const { key, position, prompt } = plan.gd;
    scored('gd', scoreGd(readings.at(key, position), tokenizer.letters()), prompt.ids.length);
  }
  if (plan.ps) {
    const { options, prompt } = plan.ps;
    const reads = { A: optionReads(options.A, readings), B: optionReads(options.B, readings) };
    scored('ps', scorePs(reads, false), prompt.ids.length);
    scored('ps-official', scorePs(reads, true), prompt.ids.length);
  }
  for (const m of ['mc', 'ff'] as const) {
    const d = plan.decodes[m];
    if (!d) continue;
    // The text is the answer; what it means (a letter, a judge's scores) is decided outside, so that a parser can be re-applied without a model.
    const text = tokenizer.decode(readings.decoded(d.key));
    const none = { chosen: null, options: null, mass: null, margin: null, letterVariants: null };
    out.push({
      ...none,
      pair,
      image,
      method: m,
      status: 'scored',
      text,
      promptTokens: d.prompt.ids.length,
      notes: [...notes],
    });
  }
  return out;
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
