import type { Benchmark, ImageIndex, Pair } from '../../core/benchmark/types.ts';
import { orderMethods } from '../../core/metrics/summary.ts';
import { recordKey, type ResultRecord } from '../../core/scoring/record.ts';
import { waitsForJudge } from '../../core/scoring/ff.ts';
import type { Verdict } from '../components/Mark.svelte';

/** Records by their key: the later of two with the same key counts. */
export type RecordIndex = ReadonlyMap<string, ResultRecord>;

export function indexRecords(...lists: readonly (readonly ResultRecord[])[]): RecordIndex {
  const index = new Map<string, ResultRecord>();
  for (const list of lists) for (const r of list) index.set(recordKey(r), r);
  return index;
}

export function recordOf(index: RecordIndex, pair: string, image: ImageIndex, method: string): ResultRecord | null {
  return index.get(recordKey({ pair, image, method })) ?? null;
}

/** Methods that have records, in the order of the paper's tables. */
export function methodsOf(records: Iterable<ResultRecord>): readonly string[] {
  const found = new Set<string>();
  for (const r of records) found.add(r.method);
  return orderMethods(found);
}

export function verdictOf(record: ResultRecord | null): Verdict {
  if (record === null) return 'open';
  if (record.status === 'failed') return 'failed';
  if (waitsForJudge(record)) return 'open';
  if (record.chosen === null) return 'invalid';
  return record.correct ? 'right' : 'wrong';
}

/** What became of a pair under one method. */
export interface PairOutcome {
  readonly images: readonly [Verdict, Verdict];
  readonly records: readonly [ResultRecord | null, ResultRecord | null];
  readonly set: boolean;
  /** Both answers valid and the same. */
  readonly confused: boolean;
  readonly error: boolean;
  readonly complete: boolean;
}

export function outcomeOf(index: RecordIndex, pair: string, method: string): PairOutcome {
  const records = [recordOf(index, pair, 1, method), recordOf(index, pair, 2, method)] as const;
  const images = [verdictOf(records[0]), verdictOf(records[1])] as const;
  const [one, two] = [records[0]?.chosen ?? null, records[1]?.chosen ?? null];
  return {
    images,
    records,
    set: images[0] === 'right' && images[1] === 'right',
    confused: one !== null && one === two,
    error: images.includes('failed'),
    complete: !images.includes('open'),
  };
}

export const PAIR_FILTERS = ['all', 'failures', 'confused', 'errors', 'different'] as const;
export type PairFilter = (typeof PAIR_FILTERS)[number];

export function readFilter(text: string | undefined): PairFilter {
  return PAIR_FILTERS.find((f) => f === text) ?? 'all';
}

export interface PairRow {
  readonly pair: Pair;
  readonly outcomes: Readonly<Record<string, PairOutcome>>;
}

/**
 * The pairs of a run with what became of them.
 * @param before rows of an earlier look: a pair about which nothing new is known keeps its row, so that only what changed is drawn anew
 */
export function pairRows(
  benchmark: Pick<Benchmark, 'pairs'>,
  limit: number | null,
  index: RecordIndex,
  methods: readonly string[],
  before: readonly PairRow[] = [],
): readonly PairRow[] {
  const pairs = limit === null ? benchmark.pairs : benchmark.pairs.slice(0, limit);
  return pairs.map((pair, i) => {
    const old = before[i];
    if (old?.pair === pair && isSame(old, index, methods)) return old;
    return { pair, outcomes: Object.fromEntries(methods.map((m) => [m, outcomeOf(index, pair.id, m)])) };
  });
}

function isSame(row: PairRow, index: RecordIndex, methods: readonly string[]): boolean {
  if (Object.keys(row.outcomes).length !== methods.length) return false;
  return methods.every((m) => {
    const records = row.outcomes[m]?.records;
    return records?.[0] === recordOf(index, row.pair.id, 1, m) && records[1] === recordOf(index, row.pair.id, 2, m);
  });
}

/**
 * Whether a pair belongs to a filter.
 * failures: some method has not both images right; confused: some method gave both the same answer; errors: something could not be scored;
 * different: the methods do not agree on whether the pair is right. Methods under a condition (`gd+no-image`) count for errors only: they are asked to fail.
 */
export function matches(row: PairRow, filter: PairFilter): boolean {
  const all = Object.values(row.outcomes);
  const plain = Object.entries(row.outcomes).flatMap(([method, o]) => (method.includes('+') ? [] : [o]));
  const complete = plain.filter((o) => o.complete && !o.error);
  switch (filter) {
    case 'all':
      return true;
    case 'failures':
      return complete.some((o) => !o.set);
    case 'confused':
      return complete.some((o) => o.confused);
    case 'errors':
      return all.some((o) => o.error);
    case 'different':
      return new Set(complete.map((o) => o.set)).size > 1;
  }
}
