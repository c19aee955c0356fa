import { limitBenchmark } from '../../core/benchmark/select.ts';
import type { Benchmark } from '../../core/benchmark/types.ts';
import type { Interval } from '../../core/statistics/comparison.ts';
import type { RecordIndex } from '../../core/statistics/counts.ts';
import { intervalOfSet } from '../../app/intervals.ts';

export interface IntervalInput {
  readonly benchmark: Benchmark;
  readonly limit: number | null;
  readonly index: RecordIndex;
  readonly methods: readonly string[];
  /** Records still come in. */
  readonly live: boolean;
}

/** ms between two rounds while records still come in. */
const PAUSE = 3000;

/** Intervals of set accuracy by method; while a run goes on, rounds keep a distance. */
export function createIntervals(input: () => IntervalInput | null) {
  let found = $state.raw<Readonly<Record<string, Found>>>({});
  let last = -Infinity;

  $effect(() => {
    const now = input();
    if (!now) return;
    let cancelled = false;
    const wait = now.live ? Math.max(0, last + PAUSE - performance.now()) : 0;
    const timer = setTimeout(() => void round(now, () => cancelled), wait);
    return () => {
      cancelled = true;
      clearTimeout(timer);
    };
  });

  async function round({ benchmark, limit, index, methods }: IntervalInput, cancelled: () => boolean): Promise<void> {
    last = performance.now();
    const limited = limitBenchmark(benchmark, limit);
    for (const method of methods) {
      const interval = await intervalOfSet(limited, index, method).catch(() => null);
      if (cancelled()) return;
      found = { ...found, [method]: { interval, index } };
    }
  }

  return {
    /** The latest interval, and whether it was made from these very records. */
    of(method: string): { readonly interval: Interval | null; readonly fresh: boolean } {
      const f = found[method];
      return { interval: f?.interval ?? null, fresh: f !== undefined && f.index === input()?.index };
    },
  };
}

interface Found {
  readonly interval: Interval | null;
  /** What it was made from. */
  readonly index: RecordIndex;
}
