import type { Benchmark } from '../benchmark/types.ts';
import { recordKey, type ResultRecord, type ScoredRecord } from '../records/record.ts';
import type { Interval } from './comparison.ts';
import { answered, indexRecords, type RecordIndex } from './counts.ts';
import { components, uniform } from './interval.ts';
import { quantile } from './quantile.ts';

/** Equal bins of confidence over 0 to 1 (Guo et al. 2017, arXiv 1706.04599); a choice between two options is never below 0.5. */
const BINS = 10;
const RESAMPLES = 2000;
const SEED = 0x0e_ce;

/** Questions of one bin of confidence. */
export interface ReliabilityBin {
  /** The bin is from `low` on and below `high`, the last one inclusive. */
  readonly low: number;
  readonly high: number;
  readonly questions: number;
  /** Mean confidence and share of right answers, as fractions. */
  readonly confidence: number;
  readonly accuracy: number;
}

/** How far a method's probabilities mean what they say. Fractions. */
export interface Calibration {
  readonly questions: number;
  readonly confidence: number;
  readonly accuracy: number;
  /** Expected calibration error: the bins' |accuracy - confidence|, weighted by their questions. */
  readonly ece: number;
  /** 95%, cluster bootstrap over pairs that share images. */
  readonly interval: Interval;
  /** Bins that hold a question. */
  readonly bins: readonly ReliabilityBin[];
}

/**
 * The probability of the chosen option against the other, from what the choice compares: for GD p(A) over p(A) + p(B); for PS the same of the mean token
 * likelihoods.
 * @returns from 0.5 to 1; null where a record holds no likelihoods
 */
export function confidenceOf(record: ScoredRecord): number | null {
  if (record.options === null || record.chosen === null) return null;
  const { A, B } = record.options;
  const ahead = record.chosen === 'A' ? A.score - B.score : B.score - A.score;
  const p = 1 / (1 + Math.exp(-ahead));
  return Number.isFinite(p) ? p : null;
}

interface Sums {
  n: number;
  confidence: number;
  right: number;
}

/** Calibration of a method; null where no record of it holds likelihoods. */
export function calibration(
  benchmark: Pick<Benchmark, 'pairs'>,
  records: readonly ResultRecord[],
  method: string,
): Calibration | null {
  const clusters = clusterSums(benchmark, indexRecords(records), method);
  const all = added(clusters);
  const questions = all.reduce((s, b) => s + b.n, 0);
  if (questions === 0) return null;
  return {
    questions,
    confidence: all.reduce((s, b) => s + b.confidence, 0) / questions,
    accuracy: all.reduce((s, b) => s + b.right, 0) / questions,
    ece: eceOf(all),
    interval: resampled(clusters),
    bins: all.flatMap((b, i) => (b.n === 0 ? [] : [binOf(b, i)])),
  };
}

function binOf({ n, confidence, right }: Sums, i: number): ReliabilityBin {
  return { low: i / BINS, high: (i + 1) / BINS, questions: n, confidence: confidence / n, accuracy: right / n };
}

/** Sums by bin for each component of pairs that share images. */
function clusterSums(
  benchmark: Pick<Benchmark, 'pairs'>,
  index: RecordIndex,
  method: string,
): readonly (readonly Sums[])[] {
  const parts = components(benchmark.pairs);
  const clusters = new Map<number, Sums[]>();
  benchmark.pairs.forEach((pair, at) => {
    for (const image of [1, 2] as const) {
      const record = answered(index.get(recordKey({ pair: pair.id, image, method })));
      const confidence = record && confidenceOf(record);
      if (!record || confidence === null) continue;
      const part = parts[at] ?? 0;
      const bins = clusters.get(part) ?? empty();
      clusters.set(part, bins);
      const bin = bins[Math.min(BINS - 1, Math.floor(confidence * BINS))];
      if (!bin) continue;
      bin.n++;
      bin.confidence += confidence;
      bin.right += Number(record.correct);
    }
  });
  return [...clusters.values()];
}

function empty(): Sums[] {
  return Array.from({ length: BINS }, () => ({ n: 0, confidence: 0, right: 0 }));
}

function added(clusters: readonly (readonly Sums[])[]): readonly Sums[] {
  const sum = empty();
  for (const cluster of clusters) addTo(sum, cluster);
  return sum;
}

function addTo(sum: readonly Sums[], cluster: readonly Sums[]): void {
  sum.forEach((s, i) => {
    const c = cluster[i];
    if (!c) return;
    s.n += c.n;
    s.confidence += c.confidence;
    s.right += c.right;
  });
}

function eceOf(bins: readonly Sums[]): number {
  const n = bins.reduce((s, b) => s + b.n, 0);
  return bins.reduce((s, b) => s + Math.abs(b.right - b.confidence), 0) / n;
}

function resampled(clusters: readonly (readonly Sums[])[]): Interval {
  const random = uniform(SEED);
  const values = new Float64Array(RESAMPLES);
  for (let r = 0; r < RESAMPLES; r++) {
    const sum = empty();
    for (let i = 0; i < clusters.length; i++) addTo(sum, clusters[Math.floor(random() * clusters.length)] ?? []);
    values[r] = eceOf(sum);
  }
  values.sort();
  return { low: quantile(values, 0.025), high: quantile(values, 0.975) };
}
