import { limitBenchmark } from '../../core/benchmark/select.ts';
import type { Benchmark } from '../../core/benchmark/types.ts';
import { answered, indexRecords } from '../../core/metrics/counts.ts';
import { percentOf, percentOfTotal } from '../../core/metrics/rounding.ts';
import { holm, mcnemarExact } from '../../core/metrics/statistics.ts';
import { orderMethods } from '../../core/metrics/summary.ts';
import { readAs, type Reading } from '../../core/scoring/again.ts';
import { recordKey, type ResultRecord } from '../../core/scoring/record.ts';
import { recordsOf } from '../../store/records.ts';
import type { ComparedRun } from '../lib/compare.ts';
import { benchmarkOf } from '../state/benchmarks.svelte.ts';
import { library } from '../state/library.svelte.ts';

/** One method that both runs have, over the pairs that both scored. */
export interface TwoRow {
  readonly method: string;
  /** Percent of the questions with a valid answer in both. */
  readonly same: number;
  /** Percent of the pairs. */
  readonly set: readonly [number, number];
  /** Pairs that only one run has right. */
  readonly only: readonly [number, number];
  /** Exact McNemar, Holm over the methods. */
  readonly p: number;
}

/** Two runs answer by answer under a reading; nothing where they asked other pairs, or share no method. */
export async function compareTwo(a: ComparedRun, b: ComparedRun, reading: Reading): Promise<readonly TwoRow[]> {
  const store = await library.opened();
  const benchmark = await benchmarkOf(store, a.run);
  if (!benchmark || a.benchmarkSha256 !== b.benchmarkSha256 || a.pairs !== b.pairs) return [];
  const read = async ({ run }: ComparedRun) => readAs(await recordsOf(store, run.id), reading);
  const records = [await read(a), await read(b)] as const;
  return twoRows(limitBenchmark(benchmark, a.run.config?.limit ?? null), ...records);
}

/** The rows behind `compareTwo`, of plain records. */
export function twoRows(
  benchmark: Pick<Benchmark, 'pairs'>,
  first: readonly ResultRecord[],
  second: readonly ResultRecord[],
): readonly TwoRow[] {
  const there = new Set(second.map((r) => r.method));
  const methods = orderMethods(first.map((r) => r.method)).filter((m) => there.has(m));
  const indexes = [indexRecords(first), indexRecords(second)] as const;
  const rows = methods.flatMap((m) => methodRow(benchmark, indexes, m) ?? []);
  const p = holm(rows.map((r) => r.p));
  return rows.map((r, i) => ({ ...r, p: p[i] ?? r.p }));
}

type Indexes = readonly [ReadonlyMap<string, ResultRecord>, ReadonlyMap<string, ResultRecord>];

function methodRow(benchmark: Pick<Benchmark, 'pairs'>, indexes: Indexes, method: string): TwoRow | null {
  let [pairs, valid, same] = [0, 0, 0];
  const right: [number, number] = [0, 0];
  const only: [number, number] = [0, 0];
  for (const { id } of benchmark.pairs) {
    const [a, b] = indexes.map((index) =>
      ([1, 2] as const).map((image) => index.get(recordKey({ pair: id, image, method }))),
    );
    if (!a || !b || [...a, ...b].some((r) => answered(r) === null)) continue;
    pairs++;
    for (const i of [0, 1] as const) {
      const [x, y] = [a[i]?.chosen ?? null, b[i]?.chosen ?? null];
      if (x === null || y === null) continue;
      valid++;
      if (x === y) same++;
    }
    const sets = [a.every((r) => r?.correct), b.every((r) => r?.correct)] as const;
    if (sets[0]) right[0]++;
    if (sets[1]) right[1]++;
    if (sets[0] && !sets[1]) only[0]++;
    if (sets[1] && !sets[0]) only[1]++;
  }
  if (pairs === 0) return null;
  return {
    method,
    same: percentOf(same, valid),
    set: [percentOfTotal(right[0], pairs), percentOfTotal(right[1], pairs)],
    only,
    p: mcnemarExact(only[0], only[1]),
  };
}
