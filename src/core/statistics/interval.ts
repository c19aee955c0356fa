import type { Benchmark, Pair } from '../benchmark/types.ts';
import type { ResultRecord } from '../records/record.ts';
import { indexRecords, judge, pairAnswers } from './counts.ts';
import { quantile } from './quantile.ts';
import { round2 } from './rounding.ts';
import type { Interval } from './comparison.ts';

/** How many resamples an interval takes; 60 components make them cheap (about 30 ms). */
const RESAMPLES = 20_000;
const SEED = 0x10_0c_a1;

/**
 * Groups of pairs that share images, directly or through others: pairs within a group are not independent.
 * @returns the component of each pair, numbered from 0 in the order of first appearance; MediConfusion has 60
 */
export function components(pairs: readonly Pick<Pair, 'images'>[]): readonly number[] {
  const parent = pairs.map((_, i) => i);
  const find = (i: number): number => {
    let root = i;
    while (parent[root] !== root) root = parent[root] ?? root;
    for (let j = i; j !== root;) {
      const next = parent[j] ?? root;
      parent[j] = root;
      j = next;
    }
    return root;
  };
  const firstUse = new Map<string, number>();
  pairs.forEach((pair, i) => {
    for (const image of pair.images) {
      const key = image.sha256 ?? image.local ?? image.path;
      const other = firstUse.get(key);
      if (other === undefined) firstUse.set(key, i);
      else parent[find(i)] = find(other);
    }
  });
  const numbers = new Map<number, number>();
  return pairs.map((_, i) => {
    const root = find(i);
    const number = numbers.get(root) ?? numbers.size;
    numbers.set(root, number);
    return number;
  });
}

/** Successes and trials of one component. */
export interface Cluster {
  readonly k: number;
  readonly n: number;
}

export function clusters(components: readonly number[], successes: readonly boolean[]): readonly Cluster[] {
  const out: { k: number; n: number }[] = [];
  components.forEach((c, i) => {
    const cluster = (out[c] ??= { k: 0, n: 0 });
    cluster.n++;
    if (successes[i]) cluster.k++;
  });
  return out;
}

/** A small generator of uniform numbers in [0, 1) (mulberry32), so that an interval is the same every time. */
export function uniform(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Cluster bootstrap, 95% percentile interval of a share, as fractions: whole components are drawn with replacement, and the share is the ratio of
 * the drawn sums.
 * @throws RangeError where no cluster has a trial
 */
export function clusterBootstrap(all: readonly Cluster[], resamples = RESAMPLES, seed = SEED): Interval {
  const random = uniform(seed);
  const shares = new Float64Array(resamples);
  let drawn = 0;
  for (let r = 0; r < resamples; r++) {
    let k = 0;
    let n = 0;
    for (let i = 0; i < all.length; i++) {
      const c = all[Math.floor(random() * all.length)];
      k += c?.k ?? 0;
      n += c?.n ?? 0;
    }
    // A rate with few trials (confusion, precision) may draw none: such a resample has no share.
    if (n > 0) shares[drawn++] = k / n;
  }
  if (drawn === 0) throw new RangeError('An interval needs at least one trial.');
  const sorted = shares.subarray(0, drawn).sort();
  return { low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}

/** Standard error of a share by the ratio estimator over components, as a fraction, and its ratio to the naive one (design effect). */
export function clusterError(all: readonly Cluster[]): { readonly error: number; readonly designEffect: number } {
  const n = all.reduce((s, c) => s + c.n, 0);
  const p = all.reduce((s, c) => s + c.k, 0) / n;
  const m = all.length;
  const residuals = all.reduce((s, c) => s + (c.k - p * c.n) ** 2, 0);
  const error = m < 2 ? 0 : Math.sqrt((m / (m - 1)) * residuals) / n;
  const naive = Math.sqrt((p * (1 - p)) / n);
  return { error, designEffect: naive === 0 ? 1 : (error / naive) ** 2 };
}

/** 95% interval of a method's set accuracy in percent, by cluster bootstrap over shared images; null where no pair is scored. */
export function setAccuracyInterval(
  benchmark: Pick<Benchmark, 'pairs'>,
  records: readonly ResultRecord[],
  method: string,
): Interval | null {
  const answers = pairAnswers(benchmark, indexRecords(records), method);
  if (answers.length === 0) return null;
  const parts = components(answers.map((a) => a.pair));
  const { low, high } = clusterBootstrap(
    clusters(
      parts,
      answers.map((a) => judge(a).set),
    ),
  );
  return { low: round2(low * 100), high: round2(high * 100) };
}
