import { limitPairs } from '../../core/benchmark/select.ts';
import type { Benchmark, ImageIndex, Pair } from '../../core/benchmark/types.ts';
import { isPlain, orderMethods } from '../../core/methods/registry.ts';
import { recordKey, type ResultRecord } from '../../core/records/record.ts';
import type { RecordIndex } from '../../core/statistics/counts.ts';
import { waitsForJudge } from '../../core/methods/ff.ts';
import type { Verdict } from './Mark.svelte';

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

/** Filters that a run's own records decide; a pair is in several of them. */
const OWN_FILTERS = ['failures', 'confused', 'invalid', 'errors', 'different', 'low-mass', 'small-margin'] as const;
type OwnFilter = (typeof OWN_FILTERS)[number];
export const PAIR_FILTERS = ['all', ...OWN_FILTERS, 'flagged', 'changed'] as const;
export type PairFilter = (typeof PAIR_FILTERS)[number];

export function readFilter(text: string | undefined): PairFilter {
  return PAIR_FILTERS.find((f) => f === text) ?? 'all';
}

export interface PairRow {
  readonly pair: Pair;
  readonly outcomes: Readonly<Record<string, PairOutcome>>;
  /** Filters that find it, decided once: a long list is filtered with every letter that is typed. */
  readonly found: ReadonlySet<OwnFilter>;
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
  const pairs = limitPairs(benchmark, limit);
  return pairs.map((pair, i) => {
    const old = before[i];
    if (old?.pair === pair && isSame(old, index, methods)) return old;
    const outcomes = Object.fromEntries(methods.map((m) => [m, outcomeOf(index, pair.id, m)]));
    return { pair, outcomes, found: foundBy(outcomes) };
  });
}

function isSame(row: PairRow, index: RecordIndex, methods: readonly string[]): boolean {
  if (Object.keys(row.outcomes).length !== methods.length) return false;
  return methods.every((m) => {
    const records = row.outcomes[m]?.records;
    return records?.[0] === recordOf(index, row.pair.id, 1, m) && records[1] === recordOf(index, row.pair.id, 2, m);
  });
}

/** How far apart the options' scores are in each answer to a pair. */
export function differences({ outcomes }: PairRow): readonly number[] {
  return Object.values(outcomes).flatMap((o) =>
    o.records.flatMap((r) => (r?.options ? [Math.abs(r.options.A.score - r.options.B.score)] : [])),
  );
}

/** A margin below which a choice is near a toss-up: the options' likelihoods differ by less than a tenth. */
const SMALL_MARGIN = 0.1;

/** What decides beside a run's own records. */
export interface Beside {
  /** Pairs whose right answer is doubted. */
  readonly flagged: ReadonlySet<string>;
  /** Pairs that another run answers otherwise; null where no other run is looked at. */
  readonly changed: ReadonlySet<string> | null;
}
const NOTHING_BESIDE: Beside = { flagged: new Set(), changed: null };

/**
 * Whether a pair belongs to a filter.
 * failures: some method has not both images right; confused: some method gave both the same answer; invalid: some answer chose neither option; errors:
 * something could not be scored; different: the methods do not agree on whether the pair is right; low-mass: the model was hardly answering with a letter;
 * small-margin: some choice was near a toss-up; flagged: a person doubts the right answer; changed: another run answers it otherwise. Methods under a
 * condition (`gd+no-image`) count for errors only: they are asked to fail.
 */
export function matches({ pair, found }: PairRow, filter: PairFilter, beside: Beside = NOTHING_BESIDE): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'flagged':
      return beside.flagged.has(pair.id);
    case 'changed':
      return beside.changed?.has(pair.id) === true;
    default:
      return found.has(filter);
  }
}

function foundBy(outcomes: PairRow['outcomes']): ReadonlySet<OwnFilter> {
  const all = Object.values(outcomes);
  const plain = Object.entries(outcomes).flatMap(([method, o]) => (isPlain(method) ? [o] : []));
  const complete = plain.filter((o) => o.complete && !o.error);
  const scored = plain.flatMap((o) => o.records.flatMap((r) => (r?.status === 'scored' ? [r] : [])));
  const tests: Readonly<Record<OwnFilter, boolean>> = {
    failures: complete.some((o) => !o.set),
    confused: complete.some((o) => o.confused),
    invalid: plain.some((o) => o.images.includes('invalid')),
    errors: all.some((o) => o.error),
    different: new Set(complete.map((o) => o.set)).size > 1,
    'low-mass': scored.some((r) => r.notes.includes('low-mass')),
    'small-margin': scored.some((r) => r.margin !== null && r.margin < SMALL_MARGIN),
  };
  return new Set(OWN_FILTERS.filter((f) => tests[f]));
}
