import { wilson, type Interval } from '../statistics/comparison.ts';
import { uniform } from '../statistics/interval.ts';

/** How far two raters agree on what both rated. */
export interface Agreement {
  /** Items that both rated. */
  readonly n: number;
  readonly agreed: number;
  /** Percent of n; null where n is 0. */
  readonly percent: number | null;
  readonly percentInterval: Interval | null;
  /** Cohen's kappa; null where it is not defined (nothing rated, or one label throughout). */
  readonly kappa: number | null;
  readonly kappaInterval: Interval | null;
}

export interface WeightedAgreement extends Agreement {
  /** Quadratically weighted, on the whole scale. */
  readonly weighted: number | null;
  readonly weightedInterval: Interval | null;
  /** The same with distances counted in the labels that occur only, as scikit-learn does unless it is given the scale. */
  readonly weightedOccurring: number | null;
}

type Rated<L> = readonly (readonly [L, L])[];
type Weight = (i: number, j: number) => number;
const NOMINAL: Weight = (i, j) => (i === j ? 0 : 1);
const QUADRATIC: Weight = (i, j) => (i - j) ** 2;
const RESAMPLES = 2000;
const SEED = 0x6b_61_70;

/**
 * 1 - sum(w o) / sum(w e), as scikit-learn's cohen_kappa_score.
 * @returns null where the expected disagreement is 0
 */
function kappaOf(items: readonly (readonly [number, number])[], labels: number, weight: Weight): number | null {
  const [rows, columns] = [new Float64Array(labels), new Float64Array(labels)];
  let observed = 0;
  for (const [a, b] of items) {
    rows[a] = (rows[a] ?? 0) + 1;
    columns[b] = (columns[b] ?? 0) + 1;
    observed += weight(a, b);
  }
  let expected = 0;
  for (let i = 0; i < labels; i++)
    for (let j = 0; j < labels; j++) expected += weight(i, j) * (rows[i] ?? 0) * (columns[j] ?? 0);
  return expected === 0 ? null : 1 - (observed * items.length) / expected;
}

/** 95% percentile bootstrap over items, seeded; null where fewer than half of the resamples have a kappa. */
function bootstrap(items: readonly (readonly [number, number])[], labels: number, weight: Weight): Interval | null {
  const random = uniform(SEED);
  const found: number[] = [];
  for (let r = 0; r < RESAMPLES; r++) {
    const drawn = items.map(() => items[Math.floor(random() * items.length)] ?? ([0, 0] as const));
    const kappa = kappaOf(drawn, labels, weight);
    if (kappa !== null) found.push(kappa);
  }
  if (found.length < RESAMPLES / 2) return null;
  found.sort((a, b) => a - b);
  const at = (q: number): number => found[Math.round(q * (found.length - 1))] ?? 0;
  return { low: at(0.025), high: at(0.975) };
}

function indexed<L>(rated: Rated<L>, labels: readonly L[]): readonly (readonly [number, number])[] {
  return rated.map(([a, b]) => [labels.indexOf(a), labels.indexOf(b)] as const);
}

/** Percent and Cohen's kappa of labels without an order. */
export function agreement<L>(rated: Rated<L>): Agreement {
  const labels = [...new Set(rated.flat())];
  const items = indexed(rated, labels);
  const agreed = items.filter(([a, b]) => a === b).length;
  const n = items.length;
  const interval = n === 0 ? null : wilson(agreed, n);
  const kappa = n === 0 ? null : kappaOf(items, labels.length, NOMINAL);
  return {
    ...{ n, agreed, percent: n === 0 ? null : (agreed / n) * 100, kappa },
    percentInterval: interval && { low: interval.low * 100, high: interval.high * 100 },
    kappaInterval: kappa === null ? null : bootstrap(items, labels.length, NOMINAL),
  };
}

/** The same for scores on a scale, with the quadratically weighted kappa. */
export function weightedAgreement(rated: Rated<number>, scale: readonly number[]): WeightedAgreement {
  const occurring = [...new Set(rated.flat())].sort((a, b) => a - b);
  const items = indexed(rated, scale);
  const some = rated.length > 0;
  const weighted = some ? kappaOf(items, scale.length, QUADRATIC) : null;
  return {
    ...agreement(rated),
    weighted,
    weightedInterval: weighted === null ? null : bootstrap(items, scale.length, QUADRATIC),
    weightedOccurring: some ? kappaOf(indexed(rated, occurring), occurring.length, QUADRATIC) : null,
  };
}
