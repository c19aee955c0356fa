import { fail, fault, ok, type Result } from '../../fault.ts';
import { isSepLine, parseCsv, parseList, separatorOf, type CsvProblem, type CsvRow } from '../csv.ts';
import { EXTRAS, fieldNamed } from '../names.ts';
import type { Problem } from '../types.ts';
import type { BenchmarkFormat, Field, Row, Rows } from './types.ts';

/** A table, a row a pair (data/dataset.csv of the published code), under any of the separators that spreadsheets write. */
export const CSV_FORMAT: BenchmarkFormat = { label: 'CSV', ending: 'csv', also: ['tsv'], rows };

const REQUIRED_COLUMNS = ['id', 'question', 'option_A', 'option_B', 'im_1_correct', 'im_2_correct'];
/** Columns whose cells stay text, whatever they look like. */
const TEXT_COLUMNS = /^(id|question|option_[AB]|im_[12]|im_[12]_local|cap_[12]|im_[12]_correct|AI_.*)$/;
/** Columns whose cells may be empty, and what programs write for that (R, pandas, Excel, databases). */
const OPTIONAL = /^(im_[12]|im_[12]_local|cap_[12])$/;
const NONE = /^(NA|N\/A|#N\/A|<NA>|NaN|nan|NULL|null|None)$/;
/** Lines in front of the header that are passed over: a title, a comment. */
const MOST_TITLES = 10;

const problem = (severity: Problem['severity'], place: string, message: string): Problem => ({
  pair: null,
  place,
  message,
  severity,
});

/**
 * Pairs of a table as spreadsheets, pandas, R and hand-written scripts leave it: any of four separators, "sep=" in front, titles above the header, empty
 * rows, trailing separators, row names without a heading, the header again in the middle.
 * @returns a fault where there is no header with the columns of a benchmark
 */
function rows(path: string, text: string): Result<Rows> {
  const { rows: all, problems } = unquoted(parsed(text));
  const lines = all.filter((r) => !isSepLine(r) && r.cells.some((c) => !isBlank(c)));
  if (lines.length === 0) return fail(fault('bad-benchmark', `${path} is empty.`, { path }));
  const top = Math.max(0, lines.slice(0, MOST_TITLES).findIndex(isHeader));
  const [header, ...body] = lines.slice(top);
  if (!header) return fail(fault('bad-benchmark', `${path} is empty.`, { path }));
  const names = namesOf(header, body);
  const missing = REQUIRED_COLUMNS.filter((c) => !names.includes(c));
  if (missing.length > 0) {
    const message = `${path}, line ${header.line}: there is no column ${missing.join(', no column ')}.`;
    return fail(fault('bad-benchmark', message, { path, line: header.line, missing: missing.join(', ') }));
  }
  const twice = names.filter((n, i) => n !== '' && names.indexOf(n) !== i);
  const again = body.filter((r) => sameCells(r, header));
  const found = [
    ...lines
      .slice(0, top)
      .map((r) =>
        problem('warning', `${path}, line ${r.line}`, 'This line stands above the header and is passed over.'),
      ),
    ...problems.map((p) => problem('error', `${path}, line ${p.line}`, p.message)),
    ...twice.map((n) =>
      problem('error', `${path}, line ${header.line}`, `The column "${n}" occurs twice; the last one counts.`),
    ),
    ...again.map((r) =>
      problem('warning', `${path}, line ${r.line}`, 'The header stands here again; the line is passed over.'),
    ),
  ];
  return ok({ rows: body.filter((r) => !again.includes(r)).map((r) => tableRow(path, names, r)), problems: found });
}

/** The text as rows, quotation marks inside cells doubled or, where only that makes sense, behind a backslash. */
function parsed(text: string): { readonly rows: readonly CsvRow[]; readonly problems: readonly CsvProblem[] } {
  const separator = separatorOf(text);
  const doubled = parseCsv(text, separator);
  if (doubled.problems.length === 0 || !text.includes('\\"')) return doubled;
  const escaped = parseCsv(text, separator, '\\');
  return escaped.problems.length < doubled.problems.length ? escaped : doubled;
}

type Parsed = ReturnType<typeof parsed>;

/**
 * Cells without the signs that some programs put around them: Excel's `="0012"`, which keeps digits as they are, and single quotation marks around every
 * cell of a table whose header has them.
 */
function unquoted({ rows: all, problems }: Parsed): Parsed {
  const header = all.find((r) => r.cells.length > 1 && !isSepLine(r));
  const single = header?.cells.every((c) => /^\s*'.*'\s*$/s.test(c)) === true;
  const plain = (cell: string): string => {
    const formula = /^="((?:[^"]|"")*)"$/.exec(cell)?.[1];
    if (formula !== undefined) return formula.replaceAll('""', '"');
    const inside = single ? /^\s*'(.*)'\s*$/s.exec(cell)?.[1] : undefined;
    return inside?.replaceAll("''", "'") ?? cell;
  };
  return { rows: all.map((r) => ({ ...r, cells: r.cells.map(plain) })), problems };
}

function isBlank(cell: string): boolean {
  return cell.trim() === '';
}

const isHeader = (row: CsvRow): boolean => {
  const names = row.cells.map((c) => fieldNamed(c));
  return REQUIRED_COLUMNS.every((c) => names.includes(c));
};

const sameCells = (a: CsvRow, b: CsvRow): boolean =>
  a.cells.length === b.cells.length && a.cells.every((c, i) => c.trim() === b.cells[i]?.trim());

/** Columns by their own names; '' for columns without one. R leaves out the heading of its row names, which is then the first. */
function namesOf(header: CsvRow, body: readonly CsvRow[]): readonly string[] {
  const names = header.cells.map((c) => {
    const name = c.trim();
    return EXTRAS.test(name) ? name : (fieldNamed(name) ?? name);
  });
  while (names.at(-1) === '') names.pop();
  const rowNames =
    body.length > 0 && body.every((r) => r.cells.length === names.length + 1 && !isBlank(r.cells.at(-1) ?? ''));
  return rowNames ? ['', ...names] : names;
}

function tableRow(path: string, names: readonly string[], row: CsvRow): Row {
  const place = `${path}, line ${row.line}`;
  const cells = row.spaced ? row.cells.map((c) => c.replace(/^ /, '')) : [...row.cells];
  while (cells.length > names.length && isBlank(cells.at(-1) ?? '')) cells.pop();
  const fields = new Map<string, Field>();
  names.forEach((name, i) => {
    // The official file begins with the data frame's index, a column without a name.
    if (name === '' || name.startsWith('Unnamed:')) return;
    const cell = cells[i];
    if (cell !== undefined) fields.set(name, { value: cellValue(name, cell), place: `${place}, ${name}` });
  });
  const broken =
    cells.length === names.length ? null : `The row has ${cells.length} cells and the header ${names.length}.`;
  return { id: fields.get('id') ?? null, place, fields, broken };
}

/** A cell as the JSON form of the same data would have it. */
function cellValue(column: string, cell: string): unknown {
  if (/^category_[12]$/.test(column)) return NONE.test(cell.trim()) ? null : (parseList(cell) ?? cell);
  if (OPTIONAL.test(column) && NONE.test(cell.trim())) return null;
  if (TEXT_COLUMNS.test(column)) return cell;
  if (cell === '') return null;
  if (/^(true|false)$/i.test(cell)) return cell.toLowerCase() === 'true';
  if (!/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(cell)) return cell;
  return /^-?\d+$/.test(cell) && !Number.isSafeInteger(Number(cell)) ? cell : Number(cell);
}
