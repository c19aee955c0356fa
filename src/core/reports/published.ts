import table1 from './data/table1.json' with { type: 'json' };
import table2 from './data/table2.json' with { type: 'json' };
import { tableColumns } from '../methods/registry.ts';
import type { ModelRow } from './rows.ts';

/** Table 2 spells one model otherwise than Table 1. */
const SAME: Readonly<Record<string, string>> = { BLIP2: 'BLIP-2' };

const CATEGORIES = [
  ...(['Cerebral', 'Vascular', 'Head and Neck', 'Spinal', 'Musculoskeletal'] as const),
  ...(['Cardiac', 'Gastrointestinal', 'Pulmonary', 'Nuclear Medicine'] as const),
];
const RANDOM_GUESSING = 'Random guessing';

/** The rows of the paper's Tables 1 and 2 as printed, Med-Flamingo's impossible ones and Molmo 72B's 52.96 included (docs/scoring.md). */
export function publishedRows(): readonly ModelRow[] {
  const categories = new Map(table2.rows.map((r) => [SAME[r.model] ?? r.model, r]));
  return table1.rows.flatMap((r): ModelRow[] => {
    const { set, individual, confusion } = r;
    if (!set || !individual || !confusion) return []; // random guessing has no methods
    const methods = tableColumns().flatMap(({ id, column: { printed } }) => {
      const read = (of: Readonly<Record<string, number | null>>): number | null =>
        printed === null ? null : (of[printed] ?? null);
      const row = { set: read(set), individual: read(individual), confusion: read(confusion) };
      return row.set === null || row.individual === null || row.confusion === null
        ? []
        : [[id, { set: row.set, individual: row.individual, confusion: row.confusion }] as const];
    });
    const row = categories.get(r.model);
    return [
      {
        model: r.model,
        source: 'published',
        methods: Object.fromEntries(methods),
        best: r.best,
        categories: row ? Object.fromEntries(CATEGORIES.map((c) => [c, row[c]])) : {},
        scored: null,
        certified: true,
      },
    ];
  });
}

/** What answering by chance gives (docs/scoring.md). */
export function guessingRow(): ModelRow {
  const best = { set: 25, individual: 50 };
  return {
    model: RANDOM_GUESSING,
    source: 'guessing',
    methods: {},
    best,
    categories: Object.fromEntries(CATEGORIES.map((c) => [c, best])),
    scored: null,
    certified: true,
  };
}
