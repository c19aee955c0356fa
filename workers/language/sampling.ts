import type { Sampling } from '../../src/protocol/text.ts';
import { argmax } from './decode.ts';

/** Chooses the next token from its logits. */
export type Choose = (row: Float32Array) => number;

/**
 * Greedy where nothing is said; else one draw a token from the smallest set of tokens that hold `topP` of the probability at a temperature, by a generator
 * that starts from the seed.
 */
export function chooser(sampling: Sampling | undefined): Choose {
  if (sampling === undefined) return argmax;
  const next = mulberry32(sampling.seed);
  return (row) => draw(row, sampling, next());
}

/** @param at where in the candidates' mass the draw falls, from 0 to below 1 */
export function draw(row: Float32Array, { temperature, topP }: Sampling, at: number): number {
  const best = row[argmax(row)] ?? 0;
  const weights = Float64Array.from(row, (x) => Math.exp((x - best) / temperature));
  const total = weights.reduce((a, b) => a + b, 0);
  const order = [...weights.keys()].sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0) || a - b);
  let held = 0;
  let count = 0;
  while (count < order.length && held < topP * total) held += weights[order[count++] ?? 0] ?? 0;
  let left = at * held;
  for (const token of order.slice(0, count)) {
    left -= weights[token] ?? 0;
    if (left < 0) return token;
  }
  return order[Math.max(0, count - 1)] ?? 0;
}

/** Mulberry32 (Tommy Ettinger, public domain): 32 bits of state, numbers from 0 to below 1. */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
