import type { Benchmark } from '../benchmark/types.ts';
import { recordKey, type ResultRecord } from '../records/record.ts';
import { answered, indexRecords } from './counts.ts';
import { quantile } from './quantile.ts';

/** Five numbers of a distribution; in nats. */
export interface FiveNumbers {
  readonly questions: number;
  readonly min: number;
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
  readonly max: number;
}

/** How decided a method's choices are: margins of the right and of the wrong ones, and all of them as a histogram. */
export interface Margins {
  readonly right: FiveNumbers | null;
  readonly wrong: FiveNumbers | null;
  /** Equal bins from 0 to the largest margin. */
  readonly histogram: readonly {
    readonly low: number;
    readonly high: number;
    readonly right: number;
    readonly wrong: number;
  }[];
}

const BINS = 20;

/**
 * Margins (the chosen option's score less the other's, nats) of a method's answers.
 * @returns null where no answer has one
 */
export function margins(
  benchmark: Pick<Benchmark, 'pairs'>,
  records: readonly ResultRecord[],
  method: string,
): Margins | null {
  const index = indexRecords(records);
  const right: number[] = [];
  const wrong: number[] = [];
  for (const { id: pair } of benchmark.pairs)
    for (const image of [1, 2] as const) {
      const r = answered(index.get(recordKey({ pair, image, method })));
      if (r && r.margin !== null && Number.isFinite(r.margin)) (r.correct ? right : wrong).push(r.margin);
    }
  if (right.length + wrong.length === 0) return null;
  const top = Math.max(...right, ...wrong);
  const width = top > 0 ? top / BINS : 1 / BINS;
  const histogram = Array.from({ length: BINS }, (_, i) => ({
    low: i * width,
    high: (i + 1) * width,
    right: 0,
    wrong: 0,
  }));
  const count = (values: readonly number[], side: 'right' | 'wrong'): void => {
    for (const v of values) {
      const bin = histogram[Math.min(BINS - 1, Math.floor(v / width))];
      if (bin) bin[side]++;
    }
  };
  count(right, 'right');
  count(wrong, 'wrong');
  return { right: fiveNumbers(right), wrong: fiveNumbers(wrong), histogram };
}

function fiveNumbers(values: readonly number[]): FiveNumbers | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const at = (q: number): number => quantile(sorted, q);
  return { questions: sorted.length, min: at(0), q1: at(0.25), median: at(0.5), q3: at(0.75), max: at(1) };
}
