import type { Benchmark, Pair } from '../benchmark/types.ts';
import type { ResultRecord } from '../scoring/record.ts';
import { indexRecords, judge, pairAnswers } from './counts.ts';
import { round2 } from './rounding.ts';
import { mcnemarExact, type Interval } from './statistics.ts';

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
 */
export function clusterBootstrap(all: readonly Cluster[], resamples = RESAMPLES, seed = SEED): Interval {
  const random = uniform(seed);
  const shares = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    let k = 0;
    let n = 0;
    for (let i = 0; i < all.length; i++) {
      const c = all[Math.floor(random() * all.length)];
      k += c?.k ?? 0;
      n += c?.n ?? 0;
    }
    shares[r] = k / n;
  }
  shares.sort();
  return { low: quantile(shares, 0.025), high: quantile(shares, 0.975) };
}

/** Linear interpolation between order statistics (numpy's default). */
function quantile(sorted: Float64Array, q: number): number {
  const at = (sorted.length - 1) * q;
  const low = Math.floor(at);
  const a = sorted[low] ?? 0;
  return a + ((sorted[low + 1] ?? a) - a) * (at - low);
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
export function setInterval(
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

/** Two sets of answers compared on the pairs that both have. */
export interface Comparison {
  readonly pairs: number;
  /** Pairs that only the first, or only the second, has right on both images. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** Exact McNemar, two-sided. */
  readonly p: number;
}

/** One run and method in a comparison. */
export interface Side {
  readonly records: readonly ResultRecord[];
  readonly method: string;
}

/** Exact McNemar test on set correctness of two runs (or two methods) of one benchmark. */
export function compareSets(benchmark: Pick<Benchmark, 'pairs'>, first: Side, second: Side): Comparison {
  const sets = ({ records, method }: Side): ReadonlyMap<string, boolean> =>
    new Map(pairAnswers(benchmark, indexRecords(records), method).map((a) => [a.pair.id, judge(a).set]));
  const one = sets(first);
  const two = sets(second);
  const both = [...one].flatMap(([id, set]) => {
    const other = two.get(id);
    return other === undefined ? [] : [[set, other] as const];
  });
  const onlyFirst = both.filter(([a, b]) => a && !b).length;
  const onlySecond = both.filter(([a, b]) => b && !a).length;
  return { pairs: both.length, onlyFirst, onlySecond, p: mcnemarExact(onlyFirst, onlySecond) };
}
