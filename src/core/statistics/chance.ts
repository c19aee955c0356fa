import { binomialTest } from './comparison.ts';
import type { PairAnswers } from './counts.ts';
import { clusterError, type Cluster } from './interval.ts';
import { rateClusters } from './rates.ts';

/** Set accuracy of answering at random: both of two independent answers right. */
export const CHANCE_SET = 0.25;

/** A set accuracy tested against random guessing. */
export interface AgainstChance {
  readonly k: number;
  readonly n: number;
  /** The variance of the share over that of independent pairs (ratio estimator); null where it cannot be estimated. */
  readonly designEffect: number | null;
  /** Independent pairs that carry as much information; never more than there are. */
  readonly effective: { readonly k: number; readonly n: number };
  /** Exact two-sided binomial test of `effective` against 25%. */
  readonly p: number;
  readonly verdict: 'above' | 'below' | 'not-distinguished';
}

/**
 * Tests set accuracy against the 25% of random guessing. Pairs that share images are not independent, so the exact binomial test is made on the effective
 * number of pairs: n over the design effect, where that is above 1, rounded, with the share kept. Where every pair came out the same, or all pairs hang
 * together, no design effect can be estimated, and each component counts by Kish's formula, (sum of sizes)^2 / (sum of squared sizes).
 * @returns null where no pair is scored
 */
export function againstChance(answers: readonly PairAnswers[]): AgainstChance | null {
  if (answers.length === 0) return null;
  const clusters = rateClusters(answers, 'set');
  const n = answers.length;
  const k = clusters.reduce((s, c) => s + c.k, 0);
  const known = clusters.length > 1 && k > 0 && k < n;
  const designEffect = known ? clusterError(clusters).designEffect : null;
  const size = designEffect === null ? kish(clusters) : n / Math.max(1, designEffect);
  const effective = rounded(k, n, size);
  const p = binomialTest(effective.k, effective.n, CHANCE_SET);
  const verdict = p >= 0.05 ? 'not-distinguished' : k / n > CHANCE_SET ? 'above' : 'below';
  return { k, n, designEffect, effective, p, verdict };
}

function kish(clusters: readonly Cluster[]): number {
  const sum = clusters.reduce((s, c) => s + c.n, 0);
  return sum ** 2 / clusters.reduce((s, c) => s + c.n ** 2, 0);
}

function rounded(k: number, n: number, size: number): { readonly k: number; readonly n: number } {
  const m = Math.min(n, Math.max(1, Math.round(size)));
  return { k: Math.round((k / n) * m), n: m };
}

/** The test as a sentence that a reader without statistics can follow. */
export function chanceSentence(test: AgainstChance): string {
  const verdict = {
    above: 'better than random guessing (25%)',
    below: 'worse than random guessing (25%)',
    'not-distinguished': 'not distinguishable from random guessing (25%)',
  }[test.verdict];
  const size =
    test.effective.n === test.n
      ? `${test.n} pairs`
      : `${test.n} pairs, which count as ${test.effective.n} independent ones because they share images`;
  return `${test.k} of ${size}: ${verdict}, ${pText(test.p)} (exact binomial test).`;
}

/** A p value in words. */
export function pText(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`;
}
