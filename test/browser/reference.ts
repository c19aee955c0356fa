import { readFileSync } from 'node:fs';
import { expect } from '@playwright/test';
import type { Line } from './command.ts';

interface Reference {
  readonly gd: Readonly<Record<'A' | 'B', number>>;
  readonly ps: Readonly<
    Record<'A' | 'B', { tokens: number[]; token_logprobs: number[]; ps: number; sum: number; ps_official: number }>
  >;
}
const reference = (
  JSON.parse(readFileSync('test/demo/data/reference.json', 'utf8')) as {
    items: Record<string, Record<'im_1' | 'im_2', Reference>>;
  }
).items;

/** Largest difference of a record from the reference, over everything that is a log-probability; its token ids must be equal. */
export function difference(line: Line): number {
  const item = reference[line.pair]?.[line.image === 1 ? 'im_1' : 'im_2'];
  if (!item) throw new Error(`no reference for ${line.pair}`);
  const errors = (['A', 'B'] as const).flatMap((letter) => {
    const { score, tokens, tokenLogprobs } = line.options[letter];
    if (line.method === 'gd') return [score - item.gd[letter]];
    const wanted = item.ps[letter];
    expect(tokens).toEqual(wanted.tokens);
    if (line.method === 'ps-official') return [score - wanted.ps_official];
    return [score - wanted.ps, ...tokenLogprobs.map((lp, i) => lp - (wanted.token_logprobs[i] ?? NaN))];
  });
  return Math.max(...errors.map(Math.abs));
}
