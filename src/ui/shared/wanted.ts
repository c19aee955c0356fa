import type { Pair } from '../../core/benchmark/types.ts';
import { isPlain } from '../../core/methods/registry.ts';
import { flaggedPairs, patternsOf, type Overlay } from '../../core/overlay/overlay.ts';
import { matches, readFilter, type PairFilter, type PairRow } from './pairs.ts';

/** Orders of a list of pairs that do not depend on a method. */
export const PAIR_SORTS = ['file', 'worst', 'margin', 'id', 'question'] as const;
/** One of those, or a method's column: the pairs that it fails first. */
export type PairSort = (typeof PAIR_SORTS)[number] | `by:${string}`;

export function readSort(text: string | undefined): PairSort {
  if (text?.startsWith('by:') === true) return `by:${text.slice(3)}`;
  return PAIR_SORTS.find((s) => s === text) ?? 'file';
}

/** Which pairs of a run are looked at, and in which order; an address holds it, so that a link leads to the same list. */
export interface Wanted {
  readonly filter: PairFilter;
  readonly pattern: string;
  readonly category: string;
  /** Words that all occur in the pair's id, question, options, captions, or in its note; '' for any. */
  readonly words: string;
  readonly sort: PairSort;
  /** The last first. */
  readonly reverse: boolean;
  /** Id of the run that the filter "changed" looks at; '' for none. */
  readonly against: string;
  /** Only these, where some are named: the pairs in which two runs differ. */
  readonly only: readonly string[];
}
type Query = Readonly<Record<string, string | undefined>>;

export function readWanted(query: Query): Wanted {
  return {
    filter: readFilter(query['show']),
    pattern: query['pattern'] ?? '',
    category: query['category'] ?? '',
    words: query['words'] ?? '',
    sort: readSort(query['sort']),
    reverse: query['reverse'] === 'yes',
    against: query['against'] ?? '',
    only: query['only'] === undefined || query['only'] === '' ? [] : query['only'].split(','),
  };
}

/** What an address says of it; nothing of what is as usual. */
export function wantedQuery(wanted: Wanted): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(wantedChange(wanted)).filter(([, value]) => value !== ''));
}

/** The same as a change of an address: what is as usual is taken out of it. */
export function wantedChange({
  filter,
  pattern,
  category,
  words,
  sort,
  reverse,
  against,
  only,
}: Wanted): Readonly<Record<string, string>> {
  return {
    ...{ show: filter === 'all' ? '' : filter, pattern, category, words },
    ...{ sort: sort === 'file' ? '' : sort, reverse: reverse ? 'yes' : '', against, only: only.join(',') },
  };
}

/**
 * The wanted rows in the wanted order.
 * @param always id of a pair that is among them whatever is wanted; null for none
 * @param changed pairs that the run `wanted.against` answers otherwise; null before they are known
 */
export function wantedRows(
  rows: readonly PairRow[],
  wanted: Wanted,
  overlay: Overlay | null,
  always: string | null = null,
  changed: ReadonlySet<string> | null = null,
): readonly PairRow[] {
  const beside = { flagged: overlay ? flaggedPairs(overlay) : new Set<string>(), changed };
  const only = new Set(wanted.only);
  const words = wanted.words.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (row: PairRow): boolean => {
    const { pair } = row;
    if (only.size > 0 && !only.has(pair.id)) return false;
    if (wanted.pattern !== '' && !patternsOf(pair, overlay).includes(wanted.pattern)) return false;
    if (wanted.category !== '' && !pair.images.some((i) => i.categories.includes(wanted.category))) return false;
    if (words.length > 0) {
      const text = textOf(pair, overlay);
      if (!words.every((w) => text.includes(w))) return false;
    }
    return matches(row, wanted.filter, beside);
  };
  const found = sorted(
    rows.filter((row) => row.pair.id === always || fits(row)),
    wanted.sort,
  );
  return wanted.reverse ? [...found].reverse() : found;
}

function textOf({ id, question, options, images }: Pair, overlay: Overlay | null): string {
  const captions = images.map((i) => i.caption ?? '');
  return [id, question, options.A, options.B, ...captions, overlay?.pairs[id]?.note ?? ''].join('\n').toLowerCase();
}

function sorted(rows: readonly PairRow[], sort: PairSort): readonly PairRow[] {
  if (sort === 'file') return rows;
  const text = new Intl.Collator('en', { numeric: true });
  if (sort === 'id') return [...rows].sort((a, b) => text.compare(a.pair.id, b.pair.id));
  if (sort === 'question') return [...rows].sort((a, b) => text.compare(a.pair.question, b.pair.question));
  const value = sort === 'worst' ? right : sort === 'margin' ? smallest : (row: PairRow) => rightBy(row, sort.slice(3));
  const keyed = rows.map((row) => ({ row, key: value(row) }));
  return keyed.sort((a, b) => a.key - b.key).map(({ row }) => row);
}

/** Share of methods that have the pair right; pairs that none answered come last. */
function right({ outcomes }: PairRow): number {
  const all = Object.entries(outcomes).flatMap(([m, o]) => (isPlain(m) && o.complete && !o.error ? [o] : []));
  return all.length === 0 ? 2 : all.filter((o) => o.set).length / all.length;
}

/** How many images of a pair a method has right; pairs that it did not answer come last. */
function rightBy({ outcomes }: PairRow, method: string): number {
  const o = outcomes[method];
  return o === undefined || !o.complete || o.error ? 3 : o.images.filter((v) => v === 'right').length;
}

/** The smallest margin of any choice; pairs without one come last. */
function smallest({ outcomes }: PairRow): number {
  const all = Object.entries(outcomes).flatMap(([m, o]) => (isPlain(m) ? o.records : []));
  return Math.min(
    Number.MAX_VALUE,
    ...all.flatMap((r) => (r?.status === 'scored' && r.margin !== null ? [r.margin] : [])),
  );
}
