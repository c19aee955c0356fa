/** Standard normal quantile for a 95% interval. */
const Z95 = 1.959963984540054;

/** A 95% interval of a share, as fractions. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Wilson score interval, 95%, as fractions; naive here, because pairs share images.
 * @param k successes
 * @param n trials, at least 1
 */
export function wilson(k: number, n: number): Interval {
  const p = k / n;
  const z2 = Z95 * Z95;
  const centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z95 * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n))) / (1 + z2 / n);
  return { low: k === 0 ? 0 : Math.max(0, centre - half), high: k === n ? 1 : Math.min(1, centre + half) };
}

/** log of n! for n = 0, 1, ..., max. */
function logFactorials(max: number): Float64Array {
  const out = new Float64Array(max + 1);
  for (let i = 2; i <= max; i++) out[i] = (out[i - 1] ?? 0) + Math.log(i);
  return out;
}

/** P(X = k) for all k of a binomial distribution. */
function binomial(n: number, p: number): Float64Array {
  const log = logFactorials(n);
  return Float64Array.from({ length: n + 1 }, (_, k) => {
    const ways = (log[n] ?? 0) - (log[k] ?? 0) - (log[n - k] ?? 0);
    return Math.exp(ways + k * Math.log(p) + (n - k) * Math.log1p(-p));
  });
}

/**
 * Exact two-sided binomial test: the probability of all outcomes no likelier than the one seen (as scipy.stats.binomtest).
 * @param p chance of a success under the null hypothesis, 0 < p < 1
 */
export function binomialTest(k: number, n: number, p: number): number {
  if (n === 0) return 1;
  const pmf = binomial(n, p);
  const limit = (pmf[k] ?? 0) * (1 + 1e-7);
  return Math.min(
    1,
    pmf.reduce((sum, x) => (x <= limit ? sum + x : sum), 0),
  );
}

/**
 * Exact two-sided McNemar test of two models on the same pairs.
 * @param b pairs that only the first has right
 * @param c pairs that only the second has right
 */
export function mcnemarExact(b: number, c: number): number {
  if (b + c === 0) return 1;
  const pmf = binomial(b + c, 0.5);
  const tail = pmf.slice(0, Math.min(b, c) + 1).reduce((sum, x) => sum + x, 0);
  return Math.min(1, 2 * tail);
}

/** Holm's step-down adjustment of p values, in the order given. */
export function holm(p: readonly number[]): readonly number[] {
  const order = p.map((_, i) => i).sort((i, j) => (p[i] ?? 0) - (p[j] ?? 0));
  const adjusted = new Array<number>(p.length).fill(1);
  let running = 0;
  order.forEach((i, rank) => {
    running = Math.max(running, Math.min(1, (p[i] ?? 0) * (p.length - rank)));
    adjusted[i] = running;
  });
  return adjusted;
}
