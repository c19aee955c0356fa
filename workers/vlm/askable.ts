import { SAME_TOKENS } from '../../src/core/methods/likelihood.ts';
import { controlToken } from '../../src/core/chat/control-tokens.ts';
import { fault, FaultError } from '../../src/core/fault.ts';
import type { PlannedSequence } from '../../src/core/plan/tree.ts';
import type { QuestionAsk } from '../../src/core/plan/ask.ts';
import type { QuestionPlan } from './asks.ts';
import type { Tokenizer } from '../language/tokenizer.ts';

/**
 * Refuses a question that the model would read as something else.
 * @throws FaultError 'bad-prompt' naming pair, field and token
 */
export function requirePlainText(q: QuestionAsk, control: readonly string[]): void {
  const found = controlToken(q, control);
  if (found === null) return;
  const { field, token } = found;
  throw new FaultError(
    fault(
      'bad-prompt',
      `Pair ${q.pair}: ${field} holds "${token}", which this model reads as a control token and not as text. Rewrite it.`,
      { pair: q.pair, field, token },
    ),
  );
}

/**
 * Refuses a question that is longer than the model's context, before it runs.
 * @param limit tokens that the model takes; null where nobody says
 * @param length tokens of a sequence, its images included
 * @throws FaultError 'bad-prompt'
 */
export function requireRoom(
  q: QuestionAsk,
  sequences: readonly PlannedSequence[],
  limit: number | null,
  length: (s: PlannedSequence) => number,
): void {
  const longest = sequences.reduce((n, s) => Math.max(n, length(s)), 0);
  if (limit === null || longest <= limit) return;
  const count = (n: number): string => n.toLocaleString('en-US');
  throw new FaultError(
    fault(
      'bad-prompt',
      `Pair ${q.pair} is ${count(longest)} tokens long with its image; this model takes ${count(limit)}. Shorten its question or options.`,
      { pair: q.pair, tokens: longest, limit },
    ),
  );
}

/** Note of a written answer that had less room in the model's context than its method allows. */
const LITTLE_ROOM = 'little-room';

/**
 * A plan whose written answers end where the model's context does: behind a long prompt there is less room than a method allows. The last token written
 * is never read, so it needs no place of its own. Encoder-decoders, whose answers have a length of their own, are left as they are.
 * @param limit tokens that the model takes; null where nobody says
 * @param length tokens of a sequence, its images included
 */
export function fitAnswers(
  plan: QuestionPlan,
  limit: number | null,
  length: (s: PlannedSequence) => number,
): QuestionPlan {
  if (limit === null) return plan;
  const room = (s: PlannedSequence): number => Math.max(1, limit - length(s) + 1);
  const short = new Set(
    plan.sequences.filter((s) => s.context === undefined && s.decode > 0 && s.decode > room(s)).map((s) => s.key),
  );
  if (short.size === 0) return plan;
  return {
    ...plan,
    sequences: plan.sequences.map((s) => (short.has(s.key) ? { ...s, decode: room(s) } : s)),
    asks: plan.asks.map((a) =>
      a.kind === 'text' && short.has(a.key) ? { ...a, notes: [...a.notes, LITTLE_ROOM] } : a,
    ),
  };
}

/** What must be said of a question whose options the tokenizer cannot tell apart. */
export function optionNotes(q: QuestionAsk, tokenizer: Tokenizer): readonly string[] {
  const [a, b] = [tokenizer.encode(q.options.A), tokenizer.encode(q.options.B)];
  return a.length === b.length && a.every((id, i) => id === b[i]) ? [SAME_TOKENS] : [];
}
