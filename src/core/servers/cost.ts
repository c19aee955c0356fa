import type { Work } from '../plan/types.ts';
import type { ServerConfig } from './config.ts';

/** What a run has cost, and what all of it will at this rate. */
export interface Cost {
  readonly input: number;
  readonly output: number;
  /** null: no prices. */
  readonly money: number | null;
}

/** Tokens that a run sent and got, and their price. */
export function costOf({ prefillTokens, suffixTokens, decodeTokens }: Work, prices: ServerConfig['prices']): Cost {
  const input = prefillTokens + suffixTokens;
  const output = decodeTokens;
  const money = prices === null ? null : (input * prices.input + output * prices.output) / 1e6;
  return { input, output, money };
}

/** What counts against the budget: money where there are prices, else all tokens. */
export function spent({ input, output, money }: Cost): number {
  return money ?? input + output;
}

/** Questions done and in all; `kept`: those among both that earlier parts of the run answered, at a cost of their own. */
export interface Asked {
  readonly done: number;
  readonly total: number;
  readonly kept: number;
}

/** What this part of a run will have cost, if the rest costs what was done so far; null before anything was done. */
export function expectedCost(cost: Cost, { done, total, kept }: Asked): Cost | null {
  if (done <= kept || total < done) return null;
  const scale = (total - kept) / (done - kept);
  return {
    input: Math.round(cost.input * scale),
    output: Math.round(cost.output * scale),
    money: cost.money === null ? null : cost.money * scale,
  };
}

/** In words: "12,300 tokens in, 40 out, 0.031 in money". */
export function costWords({ input, output, money }: Cost): string {
  const count = (n: number): string => n.toLocaleString('en-US');
  const paid = money === null ? '' : `, ${money.toFixed(money < 1 ? 4 : 2)} in money`;
  return `${count(input)} tokens in, ${count(output)} out${paid}`;
}

/** The same in a sentence, while the run goes on; null before this part of it has answered anything. */
export function costSentence(cost: Cost, asked: Asked): string | null {
  const { done, total, kept } = asked;
  const all = expectedCost(cost, asked);
  if (all === null) return null;
  const part = kept > 0 ? ' of this part' : '';
  const rest = done === total ? '' : `; the whole ${kept > 0 ? 'part' : 'run'} about ${costWords(all)}`;
  return `Cost${part} so far, ${done} of ${total} questions: ${costWords(cost)}${rest}.`;
}
