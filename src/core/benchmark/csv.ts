import { isFieldName } from './names.ts';

export interface CsvRow {
  /** Line on which the row begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
  /** A space stands behind every separator of the row. */
  readonly spaced: boolean;
}
export interface CsvProblem {
  readonly line: number;
  readonly message: string;
}

/**
 * Reads RFC 4180 text: quoted cells may hold separators, line breaks and doubled quotation marks; lines end by CRLF, LF or CR; a leading BOM is
 * skipped; blank lines are left out. Spaces around a quoted cell are passed over.
 * @param separator one character
 * @param escape what stands before a quotation mark inside a cell: another one, or a backslash
 */
export function parseCsv(
  text: string,
  separator = ',',
  escape: '"' | '\\' = '"',
): { rows: readonly CsvRow[]; problems: readonly CsvProblem[] } {
  const rows: CsvRow[] = [];
  const problems: CsvProblem[] = [];
  let i = text.startsWith('\uFEFF') ? 1 : 0;
  let line = 1;
  let cells: string[] = [];
  let rowLine = 1;
  let spaces = 0;

  const endRow = (): void => {
    if (cells.length > 1 || cells[0] !== '')
      rows.push({ line: rowLine, cells, spaced: spaces > 0 && spaces === cells.length - 1 });
    cells = [];
    spaces = 0;
    rowLine = line;
  };
  const lineBreak = (): void => {
    i += text.startsWith('\r\n', i) ? 2 : 1;
    line++;
  };

  /** Where the cell's opening quotation mark is, spaces before it or none; -1 for a bare cell. */
  function quoteAt(): number {
    let at = i;
    while (text[at] === ' ') at++;
    return text[at] === '"' ? at : -1;
  }

  function quotedCell(): string {
    const from = line;
    let cell = '';
    i++;
    for (;;) {
      const end = text.indexOf('"', i);
      if (end < 0) {
        problems.push({ line: from, message: 'A cell begins with a quotation mark that is never closed.' });
        cell += text.slice(i);
        i = text.length;
        return cell;
      }
      const escaped = escape === '\\' && text[end - 1] === '\\' && end > i;
      const part = text.slice(i, escaped ? end - 1 : end);
      line += part.match(/\r\n|\n|\r/g)?.length ?? 0;
      cell += part;
      i = end + 1;
      if (!escaped && text[i] !== '"') break;
      cell += '"';
      if (!escaped) i++;
    }
    const rest = bareCell().replace(/^[ \t]+$/, '');
    if (rest !== '')
      problems.push({ line, message: `Text stands behind the closing quotation mark of a cell: ${rest}` });
    return cell + rest;
  }

  function bareCell(): string {
    const start = i;
    while (i < text.length && text[i] !== separator && text[i] !== '\n' && text[i] !== '\r') i++;
    return text.slice(start, i);
  }

  while (i < text.length) {
    const quote = quoteAt();
    if (cells.length > 0 && text[i] === ' ') spaces++;
    if (quote >= 0) i = quote;
    cells.push(quote >= 0 ? quotedCell() : bareCell());
    if (text[i] === separator) {
      i++;
      if (i === text.length) cells.push('');
      continue;
    }
    if (i < text.length) lineBreak();
    endRow();
  }
  if (cells.length > 0) endRow();
  return { rows, problems };
}

const SEPARATORS = [',', ';', '\t', '|'];
/** Excel's own line in front of a table: `sep=;`. */
const SEP_LINE = /^\uFEFF?"?sep=(\\t|[^\r\n"])/i;

/**
 * The separator of a table: the one that a first line "sep=" names, else the one of comma, semicolon, tab and bar that gives the first lines most names of
 * fields, and of equals the one that the first line holds most often outside quotation marks.
 */
export function separatorOf(text: string): string {
  const said = SEP_LINE.exec(text)?.[1];
  if (said !== undefined) return said === '\\t' ? '\t' : said;
  const bare = text
    .slice(0, 20_000)
    .replace(/"[^"]*"/g, (cell) => (/["\r\n,;|\t]/.test(cell.slice(1, -1)) ? '' : cell.slice(1, -1)));
  const lines = bare
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .slice(0, 10);
  const names = (c: string): number => Math.max(...lines.map((l) => l.split(c).filter(isFieldName).length));
  const count = (c: string): number => (lines[0] ?? '').split(c).length;
  return SEPARATORS.reduce((best, c) => ((names(c) - names(best) || count(c) - count(best)) > 0 ? c : best));
}

/** Whether a row is the line in front of a table that names its separator. */
export function isSepLine({ line, cells }: CsvRow): boolean {
  return line === 1 && /^sep=/i.test(cells[0] ?? '') && cells.slice(1).every((c) => c.trim() === '');
}

/**
 * A list in a cell, as Python's `str()`, NumPy ("['a' 'b']", no commas), JSON or R (c("a", "b")) write it; bare names between brackets or with ; or |
 * between them too.
 * @returns null when the text is no such list
 */
export function parseList(text: string): readonly string[] | null {
  const r = /^\s*c\((.*)\)\s*$/s.exec(text)?.[1];
  const tuple = /^\s*[({](\s*['"].*['"]\s*,?\s*)[)}]\s*$/s.exec(text)?.[1];
  const python = parsePythonList(r !== undefined ? `[${r}]` : tuple !== undefined ? `[${tuple}]` : text);
  if (python) return python;
  const inside = /^\s*\[(.*)\]\s*$/s.exec(text)?.[1];
  const numpy = inside === undefined ? [] : [...inside.matchAll(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g)];
  if (inside !== undefined && numpy.length > 0)
    return inside.replace(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g, '').trim() === ''
      ? numpy.map((m) => m[1] ?? m[2] ?? '')
      : null;
  const bare = inside === undefined ? text.split(/[;|]/) : inside.split(',');
  const names = bare.map((n) => n.trim());
  if (inside === undefined && names.length < 2) return null;
  return names.every((n) => /^\p{L}/u.test(n)) ? names : null;
}

/**
 * A Python list of strings as `str()` writes it, such as "['Cerebral', 'Head and Neck']"; also a JSON list of strings.
 * @returns null when the text is no such list
 */
export function parsePythonList(text: string): readonly string[] | null {
  const inside = /^\s*\[(.*)\]\s*$/s.exec(text)?.[1];
  if (inside === undefined) return null;
  if (inside.trim() === '') return [];
  const item = /\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*(,|$)/sy;
  const items: string[] = [];
  while (item.lastIndex < inside.length) {
    const m = item.exec(inside);
    if (!m) return null;
    items.push((m[1] ?? m[2] ?? '').replace(/\\(.)/gs, '$1'));
    if (m[3] === '') break;
  }
  return items;
}

/** A cell without spaces around it, and without the apostrophe that keeps spreadsheets from taking it for a formula. */
export function unguarded(cell: string | undefined): string {
  return (cell ?? '').trim().replace(/^'(?=[=+\-@])/, '');
}
