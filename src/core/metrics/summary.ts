import type { Benchmark, SkippedPair } from '../benchmark/types.ts';
import type { ResultRecord } from '../scoring/record.ts';
import {
  answered,
  categoriesOf,
  countCategories,
  countPairs,
  indexRecords,
  pairAnswers,
  type CategoryCounts,
  type Counts,
} from './counts.ts';
import { percentOf, percentOfTotal } from './rounding.ts';
import { sensitivity, type Sensitivity } from './sensitivity.ts';

/** Percentages with two decimals. */
export interface Rates {
  readonly set: number;
  readonly individual: number;
  readonly confusion: number;
  readonly invalid: number;
  readonly precision: number;
}
export interface CategorySummary extends Rates {
  readonly images: number;
}
export interface MethodSummary extends Rates {
  readonly counts: Counts;
  /** Questions of this method that failed, and those that have no record at all or no judge yet. */
  readonly failed: number;
  readonly missing: number;
  readonly byCategory: Readonly<Record<string, CategorySummary>>;
}
export interface BestValue {
  readonly method: string;
  readonly value: number;
}

/** summary.json (results.md). */
export interface Summary {
  /** All pairs that were to be run, those skipped included: the N of "n of N". */
  readonly pairs: number;
  readonly questions: number;
  readonly skipped: readonly SkippedPair[];
  /** Records with status "failed", over all methods. */
  readonly failed: number;
  readonly methods: Readonly<Record<string, MethodSummary>>;
  /** Best set accuracy and, separately, best individual accuracy over methods; null where no pair is scored. */
  readonly best: { readonly set: BestValue; readonly individual: BestValue } | null;
  /** By method, where it was also asked under conditions. */
  readonly sensitivity?: Readonly<Record<string, Sensitivity>>;
}

/** Methods in the order of the paper's tables; others behind them, in the order in which they come. */
export const METHOD_ORDER: readonly string[] = ['mc', 'gd', 'ps', 'ps-official', 'ps-pmi', 'ff', 'ff-likelihood'];

export function orderMethods(methods: Iterable<string>): readonly string[] {
  const rank = (m: string): number => {
    const at = METHOD_ORDER.indexOf(m);
    return at < 0 ? METHOD_ORDER.length : at;
  };
  return [...new Set(methods)].sort((a, b) => rank(a) - rank(b));
}

/**
 * All numbers of a run, derived from its records (scoring.md, "Metrics").
 * @param benchmark under the run's limit (`limitBenchmark`)
 * @param methods recorded methods to report; by default those that have records
 */
export function summarise(
  benchmark: Benchmark,
  records: readonly ResultRecord[],
  methods: readonly string[] = orderMethods(records.map((r) => r.method)),
): Summary {
  const index = indexRecords(records);
  const categories = categoriesOf(benchmark);
  const inBenchmark = new Set(benchmark.pairs.map((p) => p.id));
  const own = [...index.values()].filter((r) => inBenchmark.has(r.pair));
  const summaries = methods.map((method): [string, MethodSummary] => {
    const answers = pairAnswers(benchmark, index, method);
    const counts = countPairs(answers);
    const ofMethod = own.filter((r) => r.method === method);
    const byCategory = Object.entries(countCategories(answers, categories)).map(
      ([c, n]) => [c, categorySummary(n)] as const,
    );
    return [
      method,
      {
        ...overall(counts),
        counts,
        failed: ofMethod.filter((r) => r.status === 'failed').length,
        missing: benchmark.pairs.length * 2 - ofMethod.filter((r) => r.status === 'failed' || answered(r)).length,
        byCategory: Object.fromEntries(byCategory),
      },
    ];
  });
  const pairs = benchmark.pairs.length + benchmark.skipped.length;
  const moved = sensitivity(benchmark, records);
  return {
    pairs,
    questions: pairs * 2,
    skipped: benchmark.skipped.map(({ pair, reason }) => ({ pair, reason })),
    failed: own.filter((r) => r.status === 'failed' && methods.includes(r.method)).length,
    methods: Object.fromEntries(summaries),
    best: bestOf(summaries),
    ...(Object.keys(moved).length > 0 ? { sensitivity: moved } : {}),
  };
}

/** Shares of all pairs and of all questions. */
export function overall(c: Counts): Rates {
  return {
    set: percentOfTotal(c.set, c.pairs),
    individual: half(c.individual, c.pairs),
    confusion: percentOf(c.confused, c.validPairs),
    invalid: half(c.invalid, c.pairs),
    precision: percentOf(c.set, c.unconfused),
  };
}

/** A share of two questions a pair: the published code halves the share before it rounds, which is the same as doubling the total. */
function half(part: number, pairs: number): number {
  return percentOfTotal(part, pairs * 2);
}

function categorySummary(c: CategoryCounts): CategorySummary {
  return {
    images: c.images,
    set: percentOfTotal(c.set, c.images),
    individual: percentOfTotal(c.individual, c.images),
    confusion: percentOf(c.confused, c.validPairs),
    invalid: percentOfTotal(c.invalid, c.images),
    precision: percentOf(c.set, c.unconfused),
  };
}

/** Best of methods, by the rounded value that is shown; the first of equals. Conditions (such as gd+no-image) are no method of the paper, nor is PMI. */
function bestOf(all: readonly (readonly [string, MethodSummary])[]): Summary['best'] {
  const real = all.filter(([method, m]) => m.counts.pairs > 0 && !method.includes('+') && method !== 'ps-pmi');
  const best = (key: 'set' | 'individual'): BestValue | null =>
    real.reduce<BestValue | null>(
      (b, [method, m]) => (b === null || m[key] > b.value ? { method, value: m[key] } : b),
      null,
    );
  const set = best('set');
  const individual = best('individual');
  return set && individual ? { set, individual } : null;
}
