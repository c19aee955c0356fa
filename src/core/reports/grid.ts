import { csvCell } from '../benchmark/csv-write.ts';

/** A table as data: what is in it and how it is marked, not how it is written. */
export interface Cell {
  readonly text: string;
  /** best: the best of all rows, bold; row-best: the best of its row's methods, underlined. */
  readonly marks: readonly ('best' | 'row-best')[];
}
export interface Grid {
  readonly caption: string;
  /** Header groups over the columns, such as "Set accuracy" over four methods; widths sum to the columns. */
  readonly groups: readonly { readonly text: string; readonly span: number }[] | null;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Sentences under the table. */
  readonly notes: readonly string[];
}

export function cell(text: string, ...marks: Cell['marks'][number][]): Cell {
  return { text, marks };
}

/** A percentage as tables print it: two decimals; nothing known is "-". */
export function percentText(value: number | null | undefined): string {
  return value === null || value === undefined ? '-' : value.toFixed(2);
}

/** '+1.20', '-0.35', '0.00': a change says its direction. */
export function signed(value: number, places: number): string {
  const text = Math.abs(value).toFixed(places);
  return Number(text) === 0 ? text : `${value < 0 ? '-' : '+'}${text}`;
}

/** GitHub Markdown; underlining, which it lacks, as <u>. A header group is written before its columns' names. */
export function toMarkdown(grid: Grid): string {
  const escaped = (t: string): string =>
    t
      .replace(/\\/g, '\\\\')
      .replace(/\|/g, '\\|')
      .replace(/\s*\n\s*/g, ' ')
      .replace(/[<>*_`]/g, '\\$&');
  const text = (c: Cell): string => {
    const under = c.marks.includes('row-best') ? `<u>${escaped(c.text)}</u>` : escaped(c.text);
    return c.marks.includes('best') ? `**${under}**` : under;
  };
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const names = fullColumns(grid).map(escaped);
  const rows = [
    line(names),
    line(names.map((_, i) => (i === 0 ? '---' : '---:'))),
    ...grid.rows.map((r) => line(r.map(text))),
  ];
  return [`### ${escaped(grid.caption)}`, '', ...rows, '', ...grid.notes.flatMap((n) => [escaped(n), ''])].join('\n');
}

/** Aligned columns for a terminal; the best is marked by a star. */
export function toText(grid: Grid): string {
  const text = (c: Cell): string => c.text + (c.marks.length > 0 ? '*' : ' ');
  const rows = [fullColumns(grid).map((n) => `${n} `), ...grid.rows.map((r) => r.map(text))];
  const widths = grid.columns.map((_, i) => Math.max(...rows.map((r) => r[i]?.length ?? 0)));
  const line = (r: readonly string[]): string =>
    r
      .map((t, i) => (i === 0 ? t.padEnd(widths[i] ?? 0) : t.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  const [head = [], ...body] = rows;
  const rule = widths
    .map((w) => '-'.repeat(Math.max(0, w - 1)) + ' ')
    .join('  ')
    .trimEnd();
  const star = grid.rows.some((r) => r.some((c) => c.marks.length > 0)) ? ['* best of methods.'] : [];
  return [grid.caption, '', line(head), rule, ...body.map(line), '', [...grid.notes, ...star].join(' '), ''].join('\n');
}

/** RFC 4180 lines (CRLF); the caption and notes are left to the caller. Text that a spreadsheet would take for a formula is quoted with '. */
export function toCsv(grid: Grid): string {
  return csvLines([fullColumns(grid), ...grid.rows.map((r) => r.map((c) => c.text))]);
}

export function csvLines(rows: readonly (readonly string[])[]): string {
  return rows.map((r) => `${r.map(guardedCell).join(',')}\r\n`).join('');
}

/** One cell for a spreadsheet: a leading =, +, -, @, tab or line break of anything but a number gets an apostrophe (CSV injection). */
export function guardedCell(text: string): string {
  const number = /^-?\d+(\.\d+)?$/.test(text);
  const safe = !number && text !== '-' && /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return csvCell(safe);
}

/** A LaTeX table (booktabs); bold and underline as printed in the paper. */
export function toLatex(grid: Grid): string {
  const text = (c: Cell): string => {
    const under = c.marks.includes('row-best') ? `\\underline{${latex(c.text)}}` : latex(c.text);
    return c.marks.includes('best') ? `\\textbf{${under}}` : under;
  };
  const row = (cells: readonly string[]): string => `${cells.join(' & ')} \\\\`;
  const groups =
    grid.groups?.map((g) => (g.text === '' ? '' : `\\multicolumn{${g.span}}{c}{${latex(g.text)}}`)) ?? null;
  return [
    '\\begin{table}',
    '\\centering',
    `\\caption{${latex([grid.caption, ...grid.notes].join('. ').replace(/\.\.+/g, '.'))}}`,
    `\\begin{tabular}{l${'r'.repeat(grid.columns.length - 1)}}`,
    '\\toprule',
    ...(groups ? [row(groups)] : []),
    row(grid.columns.map(latex)),
    '\\midrule',
    ...grid.rows.map((r) => row(r.map(text))),
    '\\bottomrule',
    '\\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n');
}

const LATEX: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
};

function latex(text: string): string {
  return text.replace(/[\\~^]|[&%$#_{}]/g, (c) => LATEX[c] ?? `\\${c}`).replace(/\s*\n\s*/g, ' ');
}

/** Column names with their group's name before them. */
function fullColumns(grid: Grid): readonly string[] {
  const groups = grid.groups?.flatMap((g) => Array.from({ length: g.span }, () => g.text)) ?? [];
  return grid.columns.map((name, i) => [groups[i] ?? '', name].filter((x) => x !== '').join(' '));
}
