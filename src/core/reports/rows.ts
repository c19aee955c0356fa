import { tableColumns } from '../methods/registry.ts';
import type { RunNumbers } from '../statistics/summary.ts';

export interface Accuracy {
  readonly set: number;
  readonly individual: number;
}

/** One model's row in Tables 1 and 2; percentages with two decimals. */
export interface ModelRow {
  readonly model: string;
  readonly source: 'local' | 'imported' | 'published' | 'guessing';
  /** By recorded method (`mc`, `ps-official`). */
  readonly methods: Readonly<Partial<Record<string, Accuracy & { readonly confusion: number }>>>;
  /** Best over methods; of published rows as printed. */
  readonly best: Accuracy | null;
  /** Best over methods by category. */
  readonly categories: Readonly<Record<string, Accuracy>>;
  /** The method with the fewest scored pairs, out of all; null for rows without records. */
  readonly scored: { readonly pairs: number; readonly of: number } | null;
  /** Whether the run has a passing certificate, or needs none (imported, published). */
  readonly certified: boolean;
  /** Nobody has checked the questions of its benchmark. */
  readonly unreviewed?: true;
}

/** The row of a run, from its summary. Methods without a scored pair, and conditions such as gd+swap, have no column. */
export function rowOfSummary(
  model: string,
  source: 'local' | 'imported',
  summary: RunNumbers,
  certified: boolean,
): ModelRow {
  const present = tableColumns().flatMap(({ id: name }) => {
    const m = summary.methods[name];
    return m && m.counts.pairs > 0 ? [{ name, m }] : [];
  });
  const names = [...new Set(present.flatMap(({ m }) => Object.keys(m.byCategory)))];
  const categories = names.flatMap((c) => {
    const all = present.flatMap(({ m }) => {
      const s = m.byCategory[c];
      return s && s.images > 0 ? [s] : [];
    });
    return all.length === 0 ? [] : [[c, bestOf(all)] as const];
  });
  return {
    model,
    source,
    methods: Object.fromEntries(
      present.map(({ name, m: { set, individual, confusion } }) => [name, { set, individual, confusion }]),
    ),
    best: present.length === 0 ? null : bestOf(present.map(({ m }) => m)),
    categories: Object.fromEntries(categories),
    scored: {
      pairs: present.length === 0 ? 0 : Math.min(...present.map(({ m }) => m.counts.pairs)),
      of: summary.pairs,
    },
    certified,
  };
}

function bestOf(all: readonly Accuracy[]): Accuracy {
  return { set: Math.max(...all.map((a) => a.set)), individual: Math.max(...all.map((a) => a.individual)) };
}
