import { isUnreviewed } from '../benchmark/reviewed.ts';
import type { Benchmark, SkippedPair } from '../benchmark/types.ts';
import { orderMethods, recordedMethod } from '../methods/registry.ts';
import type { ResultRecord } from '../records/record.ts';
import { atOnce, type Steps } from '../steps.ts';
import {
  answered,
  categoriesOf,
  countCategories,
  countPairs,
  indexRecords,
  pairAnswers,
  type CategoryCounts,
  methodNames,
  type Counts,
  type RecordIndex,
} from './counts.ts';
import { countInvalid, type InvalidCounts } from './invalid.ts';
import { probeSteps, type Probe } from './probes.ts';
import { similarityEffects, type ImageSimilarities, type SimilarityEffect } from './image-similarity.ts';
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
  /** Invalid answers by the reason, of methods that read a text. */
  readonly invalidKinds?: InvalidCounts;
  readonly byCategory: Readonly<Record<string, CategorySummary>>;
}
export interface BestValue {
  readonly method: string;
  readonly value: number;
}

/** What a run's records add up to by counting alone: cheap enough to be made anew with every record of a run that goes on. */
export interface RunNumbers {
  /** All pairs that were to be run, those skipped included: the N of "n of N". */
  readonly pairs: number;
  readonly questions: number;
  readonly skipped: readonly SkippedPair[];
  /** Nobody has checked the questions of the benchmark; absent where somebody has, or nothing is known. */
  readonly reviewed?: false;
  /** Records with status "failed", over all methods. */
  readonly failed: number;
  readonly methods: Readonly<Record<string, MethodSummary>>;
  /** Best set accuracy and, separately, best individual accuracy over methods; null where no pair is scored. */
  readonly best: { readonly set: BestValue; readonly individual: BestValue } | null;
}

/** summary.json (docs/results.md): with what takes resampling. */
export interface Summary extends RunNumbers {
  /** By method, where it was also asked under conditions. */
  readonly sensitivity?: Readonly<Record<string, Sensitivity>>;
  /** By method, where it was also asked with something done to the image. */
  readonly probes?: Readonly<Record<string, readonly Probe[]>>;
  /** By method that was asked without conditions, where the run knows how alike the images of a pair are to the model. */
  readonly imageSimilarity?: Readonly<Record<string, SimilarityEffect>>;
}

/**
 * All numbers of a run, derived from its records (docs/scoring.md, "Metrics").
 * @param benchmark under the run's limit (`limitBenchmark`)
 * @param methods recorded methods to report; by default those that have records
 * @param similarities of each pair's images in the model's own features, as run.json knows them
 */
export function summarise(
  benchmark: Benchmark,
  records: readonly ResultRecord[],
  methods: readonly string[] = orderMethods(records.map((r) => r.method)),
  similarities: ImageSimilarities = {},
): Summary {
  return atOnce(summarySteps(benchmark, records, methods, similarities));
}

/** The same in steps, none of which resamples more than once. */
export function* summarySteps(
  benchmark: Benchmark,
  records: readonly ResultRecord[],
  methods: readonly string[],
  similarities: ImageSimilarities,
): Steps<Summary> {
  const index = indexRecords(records);
  yield;
  const counted = countRun(benchmark, index, methods);
  yield;
  const moved = sensitivity(benchmark, index);
  const probes = yield* probeSteps(benchmark, index);
  const effects = yield* similarityEffects(benchmark, index, methods, similarities);
  return {
    ...counted,
    ...(Object.keys(moved).length > 0 ? { sensitivity: moved } : {}),
    ...(Object.keys(probes).length > 0 ? { probes } : {}),
    ...(Object.keys(effects).length > 0 ? { imageSimilarity: effects } : {}),
  };
}

/**
 * The numbers of a run that are counts: nothing is resampled.
 * @param benchmark under the run's limit (`limitBenchmark`)
 * @param methods recorded methods to report; by default those that have records
 */
export function countRun(
  benchmark: Benchmark,
  index: RecordIndex,
  methods: readonly string[] = orderMethods(methodNames(index)),
): RunNumbers {
  const categories = categoriesOf(benchmark);
  const inBenchmark = new Set(benchmark.pairs.map((p) => p.id));
  const own = new Map<string, ResultRecord[]>(methods.map((m) => [m, []]));
  for (const r of index.values()) if (inBenchmark.has(r.pair)) own.get(r.method)?.push(r);
  const summaries = methods.map((method): [string, MethodSummary] => {
    const answers = pairAnswers(benchmark, index, method);
    const counts = countPairs(answers);
    const ofMethod = own.get(method) ?? [];
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
        ...invalidOf(method, ofMethod),
        byCategory: Object.fromEntries(byCategory),
      },
    ];
  });
  const pairs = benchmark.pairs.length + benchmark.skipped.length;
  return {
    pairs,
    questions: pairs * 2,
    skipped: benchmark.skipped.map(({ pair, reason }) => ({ pair, reason })),
    ...(isUnreviewed(benchmark) ? { reviewed: false as const } : {}),
    failed: summaries.reduce((sum, [, m]) => sum + m.failed, 0),
    methods: Object.fromEntries(summaries),
    best: bestOf(summaries),
  };
}

/** The split of invalid answers; nothing for methods that read likelihoods, whose answers are never invalid. */
function invalidOf(method: string, records: readonly ResultRecord[]): Pick<MethodSummary, 'invalidKinds'> {
  const recorded = recordedMethod(method);
  if (recorded?.method.reads !== 'text' || recorded.record.by !== 'pass') return {};
  return {
    invalidKinds: countInvalid(
      records.flatMap((r) => answered(r) ?? []),
      recorded.method.judged,
    ),
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

/** Best of methods, by the rounded value that is shown; the first of equals. What is asked under a condition or derived (PMI) is no method of the paper. */
function bestOf(all: readonly (readonly [string, MethodSummary])[]): RunNumbers['best'] {
  const real = all.filter(([name, m]) => {
    const found = recordedMethod(name);
    return m.counts.pairs > 0 && (!found || (found.condition === null && found.record.by !== 'derived'));
  });
  const best = (key: 'set' | 'individual'): BestValue | null =>
    real.reduce<BestValue | null>(
      (b, [method, m]) => (b === null || m[key] > b.value ? { method, value: m[key] } : b),
      null,
    );
  const set = best('set');
  const individual = best('individual');
  return set && individual ? { set, individual } : null;
}
