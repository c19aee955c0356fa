import type { Benchmark, Pair } from '../benchmark/types.ts';
import { isPlain } from '../methods/registry.ts';
import type { Interval } from './comparison.ts';
import type { Steps } from '../steps.ts';
import { judge, pairAnswers, type PairAnswers, type RecordIndex } from './counts.ts';
import { components, uniform } from './interval.ts';
import { quantile } from './quantile.ts';

/* Why a model was confused (arXiv 2409.15477, section 2): does it confuse the pairs whose images its own features take for the same? */

/** Pair to the cosine of its two images in the tested model's own image features. */
export type ImageSimilarities = Readonly<Record<string, number>>;

/** Gathers the vectors of a run's images as they are encoded, and gives a pair's cosine once both of its images are there. */
export interface SimilarityGatherer {
  /** @param sha256 of the image file @param vector of unit length */
  add(sha256: string, vector: Float32Array): void;
  /** Those known so far, with those of an earlier part of the run, in the order of the pairs. */
  known(): ImageSimilarities;
}

export function gatherSimilarities(
  pairs: readonly Pick<Pair, 'id' | 'images'>[],
  earlier: ImageSimilarities = {},
): SimilarityGatherer {
  const found: Record<string, number> = { ...earlier };
  const vectors = new Map<string, Float32Array>();
  const open = new Map<string, Set<Pick<Pair, 'id' | 'images'>>>();
  for (const pair of pairs)
    if (found[pair.id] === undefined)
      for (const { sha256 } of pair.images)
        if (sha256 !== null) open.set(sha256, (open.get(sha256) ?? new Set()).add(pair));

  function close(pair: Pick<Pair, 'id' | 'images'>): void {
    for (const { sha256 } of pair.images) {
      const rest = open.get(sha256 ?? '');
      rest?.delete(pair);
      // No other pair wants this image: its vector need not be held.
      if (rest?.size === 0) vectors.delete(sha256 ?? '');
    }
  }
  return {
    add(sha256, vector) {
      if (!open.get(sha256)?.size) return;
      vectors.set(sha256, vector);
      for (const pair of [...(open.get(sha256) ?? [])]) {
        const [a, b] = pair.images.map((i) => vectors.get(i.sha256 ?? ''));
        if (!a || !b) continue;
        found[pair.id] = cosine(a, b);
        close(pair);
      }
    },
    known: () =>
      Object.fromEntries(pairs.flatMap(({ id }) => (found[id] === undefined ? [] : [[id, found[id]] as const]))),
  };
}

function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return Math.max(-1, Math.min(1, sum));
}

/** How similarity and confusion go together under one method. */
export interface SimilarityEffect {
  /** Pairs with a similarity and two valid answers. */
  readonly pairs: number;
  readonly confused: number;
  /** Mean similarity of confused pairs, and of the others; null where there are none. */
  readonly meanConfused: number | null;
  readonly meanOther: number | null;
  /** Spearman's rank correlation of similarity and confusion; null where all pairs, or none, are confused, or all are equally similar. */
  readonly spearman: number | null;
  /** 95%, cluster bootstrap over pairs that share images, ranks kept. */
  readonly interval: Interval | null;
}

const RESAMPLES = 5000;
const SEED = 0x51_41_1a;

/** @param answers of one method (`pairAnswers`); those with an invalid answer are left out, as from confusion itself */
export function similarityEffect(answers: readonly PairAnswers[], similarities: ImageSimilarities): SimilarityEffect {
  const valid = answers.flatMap((a) => {
    const similarity = similarities[a.pair.id];
    const { valid: both, confused } = judge(a);
    return similarity === undefined || !both ? [] : [{ pair: a.pair, similarity, confused }];
  });
  const confused = valid.filter((v) => v.confused);
  const points = zip(
    ranks(valid.map((v) => v.similarity)),
    ranks(valid.map((v) => (v.confused ? 1 : 0))),
    components(valid.map((v) => v.pair)),
  );
  const all = [...points.values()];
  const spearman = correlation(all.reduce(plus, NONE));
  return {
    pairs: valid.length,
    confused: confused.length,
    meanConfused: mean(confused.map((v) => v.similarity)),
    meanOther: mean(valid.filter((v) => !v.confused).map((v) => v.similarity)),
    spearman,
    interval: spearman === null ? null : resampled(all),
  };
}

/** The effect under each method that was asked without conditions; nothing where no similarity is known. A step is a method. */
export function* similarityEffects(
  benchmark: Pick<Benchmark, 'pairs'>,
  index: RecordIndex,
  methods: readonly string[],
  similarities: ImageSimilarities,
): Steps<Readonly<Record<string, SimilarityEffect>>> {
  if (Object.keys(similarities).length === 0) return {};
  const found: (readonly [string, SimilarityEffect])[] = [];
  for (const m of methods.filter(isPlain)) {
    found.push([m, similarityEffect(pairAnswers(benchmark, index, m), similarities)]);
    yield;
  }
  return Object.fromEntries(found.filter(([, effect]) => effect.pairs > 0));
}

const KEYS = ['n', 'x', 'y', 'xx', 'yy', 'xy'] as const;
/** Sums of one component, from which a correlation follows. */
type Sums = Readonly<Record<(typeof KEYS)[number], number>>;
const NONE: Sums = { n: 0, x: 0, y: 0, xx: 0, yy: 0, xy: 0 };

function plus(a: Sums, b: Sums): Sums {
  return { n: a.n + b.n, x: a.x + b.x, y: a.y + b.y, xx: a.xx + b.xx, yy: a.yy + b.yy, xy: a.xy + b.xy };
}

function zip(x: readonly number[], y: readonly number[], parts: readonly number[]): ReadonlyMap<number, Sums> {
  const sums = new Map<number, Sums>();
  parts.forEach((part, i) => {
    const [a, b] = [x[i] ?? 0, y[i] ?? 0];
    sums.set(part, plus(sums.get(part) ?? NONE, { n: 1, x: a, y: b, xx: a * a, yy: b * b, xy: a * b }));
  });
  return sums;
}

function correlation({ n, x, y, xx, yy, xy }: Sums): number | null {
  const [dx, dy] = [n * xx - x * x, n * yy - y * y];
  // Ranks are halves of whole numbers: a spread of nothing is exactly zero, but for rounding in large sums.
  if (dx <= 1e-9 * n * xx || dy <= 1e-9 * n * yy) return null;
  return Math.max(-1, Math.min(1, (n * xy - x * y) / Math.sqrt(dx * dy)));
}

function resampled(all: readonly Sums[]): Interval | null {
  const random = uniform(SEED);
  const found: number[] = [];
  for (let r = 0; r < RESAMPLES; r++) {
    const drawn: Record<(typeof KEYS)[number], number> = { ...NONE };
    for (let i = 0; i < all.length; i++) {
      const part = all[Math.floor(random() * all.length)] ?? NONE;
      for (const key of KEYS) drawn[key] += part[key];
    }
    const value = correlation(drawn);
    if (value !== null) found.push(value);
  }
  found.sort((a, b) => a - b);
  return found.length === 0 ? null : { low: quantile(found, 0.025), high: quantile(found, 0.975) };
}

/** Average ranks from 1; equal values share theirs. */
export function ranks(values: readonly number[]): readonly number[] {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const out = values.map(() => 0);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to++;
    for (let i = from; i < to; i++) out[order[i] ?? 0] = (from + to + 1) / 2;
    from = to;
  }
  return out;
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((s, x) => s + x, 0) / values.length;
}
