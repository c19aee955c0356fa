export interface CsvRow {
  /** Line on which the row begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}
export interface CsvProblem {
  readonly line: number;
  readonly message: string;
}

/**
 * Reads RFC 4180 text: quoted cells may hold separators, line breaks and doubled quotation marks; lines end by CRLF, LF or CR; a leading BOM is
 * skipped; blank lines are left out.
 * @param separator one character
 */
export function parseCsv(text: string, separator = ','): { rows: readonly CsvRow[]; problems: readonly CsvProblem[] } {
  const rows: CsvRow[] = [];
  const problems: CsvProblem[] = [];
  let i = text.startsWith('\uFEFF') ? 1 : 0;
  let line = 1;
  let cells: string[] = [];
  let rowLine = 1;

  const endRow = (): void => {
    if (cells.length > 1 || cells[0] !== '') rows.push({ line: rowLine, cells });
    cells = [];
    rowLine = line;
  };
  const lineBreak = (): void => {
    i += text.startsWith('\r\n', i) ? 2 : 1;
    line++;
  };

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
      const part = text.slice(i, end);
      line += part.match(/\r\n|\n|\r/g)?.length ?? 0;
      cell += part;
      i = end + 1;
      if (text[i] !== '"') break;
      cell += '"';
      i++;
    }
    const rest = bareCell();
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
    cells.push(text[i] === '"' ? quotedCell() : bareCell());
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

/** The separator of a table: the one of comma, semicolon and tab that its first line holds most often outside quotation marks. */
export function separatorOf(text: string): string {
  const first = /^[^\r\n]*/.exec(text.replace(/"[^"]*"/g, ''))?.[0] ?? '';
  const count = (c: string): number => first.split(c).length;
  return [',', ';', '\t'].reduce((best, c) => (count(c) > count(best) ? c : best));
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
