import type { Counts } from '../../statistics/counts.ts';

/** A method's metrics as fractions from 0 to 1, unrounded, under the names that other programs show; null where no pair is scored. */
export interface Fractions {
  /** Individual accuracy, over the questions of the scored pairs. */
  readonly accuracy: number;
  readonly set_accuracy: number;
  readonly confusion: number;
  readonly invalid: number;
  readonly precision: number;
}

/** The metrics of summary.json, not yet rounded to percentages: a share of nothing is 0, as the published tables print it. */
export function fractions(c: Counts): Fractions | null {
  if (c.pairs === 0) return null;
  const share = (part: number, of: number): number => (of === 0 ? 0 : part / of);
  return {
    accuracy: share(c.individual, c.pairs * 2),
    set_accuracy: share(c.set, c.pairs),
    confusion: share(c.confused, c.validPairs),
    invalid: share(c.invalid, c.pairs * 2),
    precision: share(c.set, c.unconfused),
  };
}

/** Standard error of a share of n independent trials (with n - 1, as lm-evaluation-harness has it); null of fewer than two. */
export function standardError(p: number, n: number): number | null {
  return n < 2 ? null : Math.sqrt((p * (1 - p)) / (n - 1));
}
