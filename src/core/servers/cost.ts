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

/** The whole run's cost, if the rest costs what was done so far; null before anything was done. */
export function expectedCost(cost: Cost, done: number, total: number): Cost | null {
  if (done <= 0 || total < done) return null;
  const scale = total / done;
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
