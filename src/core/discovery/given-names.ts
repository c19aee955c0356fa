import { isSepLine, parseCsv, separatorOf } from '../benchmark/csv.ts';
import { fail, fault, ok, type Result } from '../fault.ts';
import type { NamedRows } from './given.ts';

/** Columns that may name the image of a row, the first that is there first. */
const NAMES = ['image', 'path', 'file', 'image_path', 'file_path', 'file_name', 'filename'];
const CAPTIONS = ['caption', 'text'];
const CATEGORIES = ['category'];

/** Which of the columns tell name, caption and category of an image, whatever the case; -1 for none. */
export function namingColumns(columns: readonly string[]): { name: number; caption: number; category: number } {
  const plain = columns.map((c) => c.trim().toLowerCase());
  const first = (wanted: readonly string[]): number => wanted.map((w) => plain.indexOf(w)).find((at) => at >= 0) ?? -1;
  return { name: first(NAMES), caption: first(CAPTIONS), category: first(CATEGORIES) };
}

/** images.csv beside embeddings: line i names the image of row i. Separators, quotation marks, BOM and line ends as they come. */
export function readImagesCsv(text: string): Result<NamedRows> {
  const bad = (what: string): Result<never> => fail(fault('bad-argument', `images.csv beside the embeddings ${what}`));
  const { rows, problems } = parseCsv(text, separatorOf(text));
  const [problem] = problems;
  if (problem) return bad(`is damaged in line ${problem.line}: ${problem.message} Write it again.`);
  const [header, ...body] = rows[0] && isSepLine(rows[0]) ? rows.slice(1) : rows;
  const columns = namingColumns(header?.cells ?? []);
  if (columns.name < 0) return bad('has no column named image. Name the column that holds the images.');
  const nameless = body.find((r) => (r.cells[columns.name] ?? '').trim() === '');
  if (nameless) return bad(`names no image in line ${nameless.line}. Each line must name the image of one row.`);
  const column = (at: number): readonly (string | null)[] | null =>
    at < 0 ? null : body.map((r) => asWritten(r.cells[at] ?? '').trim() || null);
  return ok({
    names: body.map((r) => asWritten(r.cells[columns.name] ?? '')),
    captions: column(columns.caption),
    categories: column(columns.category),
  });
}

/** A cell as it was before images.csv was written: one that a spreadsheet would take for a formula has an apostrophe before it. */
const asWritten = (cell: string): string => (/^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);
