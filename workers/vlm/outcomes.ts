import { toFault } from '../../src/core/fault.ts';
import { presentationOf } from '../../src/core/methods/conditions.ts';
import { swapBack, type LikelihoodOutcome, type OptionReads } from '../../src/core/methods/likelihood.ts';
import { methodOf, recordedNames, recordsOfRequest } from '../../src/core/methods/registry.ts';
import type { Outcome } from '../../src/core/records/outcome.ts';
import type { QuestionAsk } from '../../src/core/plan/ask.ts';
import { splitThought, THOUGHTS, type Reply } from '../../src/core/chat/thought.ts';
import { THOUGHT_CUT } from '../../src/core/methods/thought.ts';
import { TIE } from '../../src/core/methods/likelihood.ts';
import type { Ask, QuestionPlan } from './asks.ts';
import type { Readings } from '../language/execute.ts';
import type { Tokenizer } from '../language/tokenizer.ts';

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
    const said = [...notes, ...ask.notes, ...o.notes, ...(o.margin === 0 ? [TIE] : [])];
    return { ...o, pair, image, method, status: 'scored', text: null, promptTokens, notes: said };
  };
  return plan.asks.flatMap((ask): Outcome[] => {
    const method = methodOf(ask.request);
    const names = recordsOfRequest(ask.request);
    if (ask.kind === 'letters' && method.reads === 'letters') {
      const o = method.score(readings.at(ask.key, ask.position), tokenizer.letters());
      const meant = presentationOf(ask.request.condition).swapped ? swapBack(o) : o;
      return names.map(({ name }) => scored(ask, name, meant));
    }
    if (ask.kind === 'options' && method.reads === 'options') {
      const reads = { A: optionReads(ask.options.A, readings), B: optionReads(ask.options.B, readings) };
      return names.map(({ record, name }) => scored(ask, name, method.score(reads, record.id)));
    }
    if (ask.kind !== 'text') throw new RangeError(`${method.id} reads ${method.reads} and was asked for ${ask.kind}.`);
    // The text is the answer; what it means (a letter, a judge's scores) is decided outside, so that a parser can be re-applied without a model.
    const { thought, answer } = replyOf(readings.decoded(ask.key), tokenizer, ask.begun);
    const said = [...notes, ...ask.notes, ...(answer === null ? [THOUGHT_CUT] : [])];
    const none = { chosen: null, options: null, mass: null, margin: null, letterVariants: null };
    const { promptTokens } = ask;
    const reply = { text: answer ?? '', ...(thought === null ? {} : { thought }) };
    return names.map(({ name }) => {
      return { ...none, pair, image, method: name, status: 'scored', ...reply, promptTokens, notes: said };
    });
  });
}

/** A reply taken apart at the end of its thought, whether that is text or a special token, which decoding leaves out. */
export function replyOf(ids: readonly number[], tokenizer: Tokenizer, begun: boolean): Reply {
  const closers = THOUGHTS.flatMap(({ close }) => tokenizer.id(close) ?? []).filter((id) =>
    tokenizer.specialIds.has(id),
  );
  const last = ids.findLastIndex((id) => closers.includes(id));
  if (last < 0) return splitThought(tokenizer.decode(ids), begun);
  return { thought: tokenizer.decode(ids.slice(0, last)), answer: tokenizer.decode(ids.slice(last + 1)).trimStart() };
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
export function failedOutcomes(q: QuestionAsk, error: unknown): Outcome[] {
  const fault = toFault(error, 'runtime');
  return q.methods.flatMap((m) =>
    recordedNames(m).map((method): Outcome => ({ pair: q.pair, image: q.image, method, status: 'failed', fault })),
  );
}
