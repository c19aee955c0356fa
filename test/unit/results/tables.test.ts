import { describe, expect, it } from 'vitest';
import { summarise } from '../../../src/core/statistics/summary.ts';
import { toCsv, toLatex, toMarkdown, toText, type Grid } from '../../../src/core/reports/grid.ts';
import { guessingRow, publishedRows } from '../../../src/core/reports/published.ts';
import { rowOfSummary } from '../../../src/core/reports/rows.ts';
import { table1, table2 } from '../../../src/core/reports/tables.ts';
import { mediconfusion, policy } from '../statistics/fixtures.ts';

const benchmark = mediconfusion();
const published = publishedRows();

/** The cells of a row by column, with marks. */
function row(grid: Grid, model: string): Record<string, string> {
  const heads = grid.groups?.flatMap((g) => Array.from({ length: g.span }, () => g.text)) ?? [];
  const cells = grid.rows.find((r) => r[0]?.text === model) ?? [];
  return Object.fromEntries(
    grid.columns.map((c, i) => [
      `${heads[i] ?? ''} ${c}`.trim(),
      [cells[i]?.text, ...(cells[i]?.marks ?? [])].join(' '),
    ]),
  );
}

describe('published rows', () => {
  it('are the twelve models of Tables 1 and 2, each with its nine categories', () => {
    expect(published.map((r) => r.model)).toHaveLength(12);
    for (const r of published) expect(Object.keys(r.categories)).toHaveLength(9);
  });
  it('are as printed, what cannot be included', () => {
    const molmo = published.find((r) => r.model === 'Molmo 72B');
    expect(molmo?.best).toEqual({ set: 6.82, individual: 52.96 });
    expect(molmo?.methods['gd']?.individual).toBe(52.56);
  });
  it('of proprietary models have MC only', () => {
    const gpt = published.find((r) => r.model === 'GPT-4o');
    expect(gpt?.methods).toEqual({ mc: { set: 18.75, individual: 56.25, confusion: 75 } });
  });
  it('have best set accuracies that their methods give', () => {
    for (const r of published)
      expect(Math.max(...Object.values(r.methods).map((m) => m?.set ?? NaN))).toBe(r.best?.set);
  });
});

describe('table1', () => {
  const grid = table1([...published, guessingRow()]);
  it('underlines the best of methods and sets the best of all bold, as printed', () => {
    expect(row(grid, 'Gemini 1.5 Pro (published)')).toMatchObject({
      'Set accuracy MC': '19.89 row-best best',
      'Set accuracy best': '19.89 best',
      'Confusion MC': '58.52',
    });
    expect(row(grid, 'LLaVA (published)')).toMatchObject({
      'Set accuracy MC': '8.52',
      'Set accuracy GD': '9.09 row-best',
      'Individual accuracy GD': '51.70 row-best',
      'Set accuracy best': '9.09',
    });
    expect(row(grid, 'GPT-4o (published)')).toMatchObject({
      'Individual accuracy MC': '56.25 row-best best',
      'Set accuracy GD': '-',
    });
  });
  it('marks no guess as best', () => {
    expect(row(grid, 'Random guessing')).toMatchObject({
      'Set accuracy best': '25.00',
      'Individual accuracy best': '50.00',
      'Set accuracy MC': '-',
    });
  });
  it('has a column of each method that some row has, the per-token PS apart from the published one', () => {
    const summary = summarise(benchmark, [
      ...policy(benchmark, 'ps', () => 'A'),
      ...policy(benchmark, 'ps-official', () => 'B'),
    ]);
    const own = table1([rowOfSummary('mine', 'local', summary, false)]);
    const both = ['PS as published', 'PS'];
    expect(own.columns).toEqual(['Model', ...both, 'best', ...both, 'best', ...both, 'Pairs scored']);
    expect(own.rows[0]?.[0]?.text).toBe('mine (device not certified)');
    expect(own.rows[0]?.at(-1)?.text).toBe('176 of 176');
    expect(own.notes.join(' ')).toMatch(/Research use.*first answer position.*certificate/);
  });
});

describe('rows that answer different pairs', () => {
  it('have a best of methods, and none of them is best of all', () => {
    for (const [table, like] of [
      [table1(published, false), table1(published)],
      [table2(published, false), table2(published)],
    ] as const) {
      const marks = (grid: typeof table) => grid.rows.flat().flatMap((c) => c.marks);
      expect(marks(like)).toContain('best');
      expect(marks(table)).not.toContain('best');
      expect(marks(table).filter((m) => m === 'row-best')).toEqual(marks(like).filter((m) => m === 'row-best'));
    }
  });
});

describe('table2', () => {
  it('has best set and individual accuracy by category', () => {
    const grid = table2([...published, guessingRow()]);
    expect(row(grid, 'GPT-4o (published)')).toMatchObject({
      'Vascular set': '34.25 best',
      'Vascular individual': '67.12 best',
    });
    expect(row(grid, 'Llama 3.2 (published)')).toMatchObject({ 'Spinal set': '19.61 best', 'Cardiac set': '11.54' });
    expect(grid.columns).toHaveLength(1 + 18 + 1);
  });
  it('takes the best over methods of a run, for set and individual separately', () => {
    const right = policy(benchmark, 'gd', (p, i) => (p.id === '10001' ? p.images[i === 1 ? 0 : 1].right : null));
    const summary = summarise(benchmark, [...right, ...policy(benchmark, 'mc', () => 'A')]);
    const mine = rowOfSummary('mine', 'imported', summary, true);
    expect(mine.categories['Cerebral']).toEqual({ set: 2.53, individual: 49.37 });
    expect(row(table2([mine]), 'mine (imported)')).toMatchObject({ 'Cerebral set': '2.53 best' });
  });
});

describe('writing a table', () => {
  const grid: Grid = {
    caption: 'A & B',
    groups: [
      { text: '', span: 1 },
      { text: 'Set', span: 2 },
    ],
    columns: ['Model', 'MC', 'GD'],
    rows: [
      [
        { text: 'a|b_c', marks: [] },
        { text: '9.09', marks: ['row-best', 'best'] },
        { text: '-', marks: [] },
      ],
    ],
    notes: ['Note.'],
  };
  it('as Markdown', () => {
    expect(toMarkdown(grid)).toBe(
      '### A & B\n\n| Model | Set MC | Set GD |\n| --- | ---: | ---: |\n| a\\|b\\_c | **<u>9.09</u>** | - |\n\nNote.\n',
    );
  });
  it('as aligned text for a terminal', () => {
    expect(toText(grid).split('\n')).toEqual([
      ...['A & B', ''],
      'Model   Set MC   Set GD',
      '-----   ------   ------',
      'a|b_c     9.09*       -',
      ...['', 'Note. * best of methods.', ''],
    ]);
  });
  it('as CSV', () => expect(toCsv(grid)).toBe('Model,Set MC,Set GD\r\na|b_c,9.09,-\r\n'));
  it('as LaTeX', () => {
    const text = toLatex(grid);
    expect(text).toContain('\\caption{A \\& B. Note.}');
    expect(text).toContain(' & \\multicolumn{2}{c}{Set} \\\\\nModel & MC & GD \\\\');
    expect(text).toContain('a|b\\_c & \\textbf{\\underline{9.09}} & - \\\\');
  });
});
