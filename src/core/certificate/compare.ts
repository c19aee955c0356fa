import type { OptionScore } from '../records/record.ts';
import type { Check, CheckKind } from './types.ts';

/** What two computations of the same questions are compared by. */
export interface Comparable {
  readonly pair: string;
  readonly image: number;
  readonly method: string;
  readonly options: Readonly<Record<'A' | 'B', OptionScore>> | null;
}

/**
 * Largest absolute difference between two computations of the same outcomes, over every token's log p.
 * @returns null when they do not cover the same tokens, or cover none
 */
export function largestDifference(a: readonly Comparable[], b: readonly Comparable[]): number | null {
  const other = new Map(b.map((o) => [keyOf(o), o]));
  let largest: number | null = null;
  for (const o of a) {
    const twin = other.get(keyOf(o));
    if (!twin) return null;
    if (o.options === null || twin.options === null) {
      if (o.options !== twin.options) return null;
      continue;
    }
    for (const letter of ['A', 'B'] as const) {
      const [x, y] = [o.options[letter].tokenLogprobs, twin.options[letter].tokenLogprobs];
      if (x.length !== y.length || x.length === 0) return null;
      for (let i = 0; i < x.length; i++) {
        const d = Math.abs((x[i] as number) - (y[i] as number));
        if (!Number.isFinite(d)) return null;
        largest = Math.max(largest ?? 0, d);
      }
    }
  }
  return largest;
}

/** A check from two computations; fails when they cannot be compared at all. */
export function compareOutcomes(
  kind: CheckKind,
  name: string,
  a: readonly Comparable[],
  b: readonly Comparable[],
  limit: number,
): Check {
  const error = largestDifference(a, b);
  const passed = error !== null && error <= limit;
  const detail =
    error === null
      ? 'The two computations gave no log-probabilities that can be compared.'
      : `The largest difference in log p is ${error.toExponential(1)}; ${limit.toExponential(0)} is allowed.`;
  return { kind, name, error, limit, passed, detail };
}

function keyOf(o: Comparable): string {
  return `${o.pair}/${o.image}/${o.method}`;
}
