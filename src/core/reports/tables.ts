import { orderCategories } from '../statistics/counts.ts';
import { NOT_REVIEWED } from '../benchmark/reviewed.ts';
import { cell, percentText, type Cell, type Grid } from './grid.ts';
import { tableColumns } from '../methods/registry.ts';
import type { Accuracy, ModelRow } from './rows.ts';

export const RESEARCH_USE = 'Research use, not diagnosis.';

const METRICS = [
  ['set', 'Set accuracy'],
  ['individual', 'Individual accuracy'],
  ['confusion', 'Confusion'],
] as const;

/**
 * The paper's Table 1 for any rows: methods as columns under set accuracy, individual accuracy and confusion. The best of a row's methods is
 * underlined and the best of all rows bold, for the two accuracies; confusion is not marked.
 * @param comparable whether all rows answer the same pairs; else none is best
 */
export function table1(rows: readonly ModelRow[], comparable = true): Grid {
  const methods = tableColumns().filter((m) => rows.some((r) => r.methods[m.id] !== undefined));
  const groups = METRICS.map(([metric, text]) => ({
    metric,
    text,
    columns: metric === 'confusion' ? methods : [...methods, BEST],
  }));
  const top = (metric: 'set' | 'individual'): number | null =>
    !comparable ? null : Math.max(...rows.map((r) => (r.source === 'guessing' ? -1 : (highest(r, metric) ?? -1))));
  const tops = { set: top('set'), individual: top('individual') };
  const body = rows.map((r): Cell[] => [
    cell(r.model + suffix(r)),
    ...groups.flatMap(({ metric, columns }) => columns.map((c) => table1Cell(r, metric, c, tops))),
    cell(scoredText(r)),
  ]);
  return {
    caption: 'Table 1: accuracy and confusion by method, %',
    groups: [
      { text: '', span: 1 },
      ...groups.map((g) => ({ text: g.text, span: g.columns.length })),
      { text: '', span: 1 },
    ],
    columns: ['Model', ...groups.flatMap((g) => g.columns.map((c) => c.label)), 'Pairs scored'],
    rows: body,
    notes: notes(rows, methods),
  };
}

/** The column of the best of a row's methods. */
const BEST = { id: null, label: 'best' };
type Column = { readonly id: string } | typeof BEST;
/** Highest of all rows; null where rows do not compare. */
type Tops = Readonly<Record<'set' | 'individual', number | null>>;

function table1Cell(row: ModelRow, metric: 'set' | 'individual' | 'confusion', column: Column, tops: Tops): Cell {
  if (row.source === 'guessing')
    return cell(column.id === null && metric !== 'confusion' ? percentText(row.best?.[metric]) : '-');
  if (column.id === null) {
    const value = metric === 'confusion' ? null : (row.best?.[metric] ?? null);
    return metric !== 'confusion' && value !== null && value === tops[metric]
      ? cell(percentText(value), 'best')
      : cell(percentText(value));
  }
  const value = row.methods[column.id]?.[metric];
  if (value === undefined || metric === 'confusion') return cell(percentText(value));
  const marks: Cell['marks'][number][] = [];
  if (value === highestOfMethods(row, metric)) marks.push('row-best');
  if (value === tops[metric]) marks.push('best');
  return cell(percentText(value), ...marks);
}

function highestOfMethods(row: ModelRow, metric: keyof Accuracy): number {
  return Math.max(...Object.values(row.methods).map((m) => m?.[metric] ?? -Infinity));
}

function highest(row: ModelRow, metric: keyof Accuracy): number | null {
  return row.best?.[metric] ?? null;
}

/** The paper's Table 2 for any rows: best set and individual accuracy over methods, by category; the best of all rows is bold where they compare. */
export function table2(rows: readonly ModelRow[], comparable = true): Grid {
  const categories = allCategories(rows);
  const top = (c: string, metric: keyof Accuracy): number =>
    Math.max(...rows.map((r) => (r.source === 'guessing' ? -1 : (r.categories[c]?.[metric] ?? -1))));
  const metrics = ['set', 'individual'] as const;
  const body = rows.map((r): Cell[] => [
    cell(r.model + suffix(r)),
    ...categories.flatMap((c) =>
      metrics.map((metric): Cell => {
        const value = r.categories[c]?.[metric];
        const best = comparable && value !== undefined && r.source !== 'guessing' && value === top(c, metric);
        return best ? cell(percentText(value), 'best') : cell(percentText(value));
      }),
    ),
    cell(scoredText(r)),
  ]);
  return {
    caption: 'Table 2: best set and individual accuracy over methods, by category, %',
    groups: [{ text: '', span: 1 }, ...categories.map((text) => ({ text, span: 2 })), { text: '', span: 1 }],
    columns: ['Model', ...categories.flatMap(() => ['set', 'individual']), 'Pairs scored'],
    rows: body,
    notes: notes(rows, []),
  };
}

/** Categories in the paper's order, others behind in the order in which rows name them. */
function allCategories(rows: readonly ModelRow[]): readonly string[] {
  return orderCategories(rows.flatMap((r) => (r.source === 'guessing' ? [] : Object.keys(r.categories))));
}

function suffix(row: ModelRow): string {
  const words = [
    ...(row.source === 'imported' ? ['imported'] : []),
    ...(row.source === 'published' ? ['published'] : []),
    ...(row.certified ? [] : ['device not certified']),
    ...(row.unreviewed ? ['benchmark not reviewed'] : []),
  ];
  return words.length > 0 ? ` (${words.join(', ')})` : '';
}

function scoredText({ scored }: ModelRow): string {
  return scored === null ? '-' : `${scored.pairs} of ${scored.of}`;
}

function notes(rows: readonly ModelRow[], methods: ReturnType<typeof tableColumns>): readonly string[] {
  return [
    RESEARCH_USE,
    ...(rows.some((r) => r.unreviewed) ? [NOT_REVIEWED] : []),
    ...methods.flatMap((m) => m.column.note ?? []),
    ...(rows.some((r) => r.source === 'published')
      ? ['Published rows: MediConfusion, arXiv 2409.15477, Tables 1 and 2, as printed.']
      : []),
    ...(rows.some((r) => !r.certified)
      ? ['A run without a passing device certificate is marked: its likelihoods are not proven right.']
      : []),
  ];
}
