import { fail, fault, ok, type Result } from '../fault.ts';
import { parseCsv, parsePythonList, separatorOf } from './csv.ts';
import { parseJson, plain, repeated, type JsonMember, type JsonNode, type Place } from './nodes.ts';
import type { Problem } from './types.ts';

/** One value of a question file, with its place in words. */
export interface Field {
  readonly value: unknown;
  readonly place: string;
}

/** One pair as written, before anything is known of its fields. */
export interface Row {
  readonly id: Field | null;
  readonly place: string;
  readonly fields: ReadonlyMap<string, Field>;
  /** Why the row as a whole cannot be trusted; null when it can. */
  readonly broken: string | null;
}

export interface Rows {
  readonly rows: readonly Row[];
  readonly problems: readonly Problem[];
}

const error = (place: string, message: string): Problem => ({ pair: null, place, message, severity: 'error' });

/**
 * Splits a question file into pairs: a JSON object keyed by id, a JSON list, or the official CSV.
 * @param path for places and for its ending, .json or .csv
 * @returns a fault where nothing can be read at all
 */
export function readRows(path: string, text: string): Result<Rows> {
  return path.toLowerCase().endsWith('.csv') ? csvRows(path, text) : jsonRows(path, text);
}

const at = (path: string, { line, column }: Place): string => `${path}, line ${line}, column ${column}`;

function jsonRows(path: string, text: string): Result<Rows> {
  const parsed = parseJson(text);
  if (!parsed.ok) {
    const where = at(path, parsed.place);
    return fail(
      fault('bad-benchmark', `${where}: ${parsed.message} Correct the file there.`, { ...parsed.place, path }),
    );
  }
  const { root, place } = parsed;
  const line = (offset: number): string => `${path}, line ${place(offset).line}`;
  const entries:
    readonly (JsonMember | { readonly key: null; readonly at: number; readonly value: JsonNode })[] | null =
    root.kind === 'object'
      ? root.members
      : root.kind === 'array'
        ? root.items.map((value) => ({ key: null, at: value.at, value }))
        : null;
  if (entries === null)
    return fail(fault('bad-benchmark', `${path} holds neither an object of pairs nor a list of them.`, { path }));
  const rows = entries.map((e) => jsonRow(e.value, line, e));
  const problems = entries.flatMap((e) =>
    repeated(e.value).map((m): Problem => {
      const message = `The field "${m.key}" occurs twice; the last one counts.`;
      return { pair: e.key, place: `${line(m.at)}, ${m.key}`, message, severity: 'warning' };
    }),
  );
  return ok({ rows, problems });
}

function jsonRow(
  node: JsonNode,
  line: (at: number) => string,
  entry: { readonly key: string | null; readonly at: number },
): Row {
  const fields = new Map<string, Field>();
  for (const m of node.kind === 'object' ? node.members : []) {
    const literal = m.value.kind === 'scalar' ? m.value.literal : null;
    const value = literal === null ? plain(m.value) : Number(literal);
    fields.set(m.key, { value, place: `${line(m.value.at)}, ${m.key}` });
  }
  const place = line(entry.at);
  const id = entry.key === null ? (fields.get('id') ?? null) : { value: entry.key, place };
  const broken = node.kind === 'object' ? null : 'This entry is no object with the fields of a pair.';
  return { id, place, fields, broken };
}

const REQUIRED_COLUMNS = ['id', 'question', 'option_A', 'option_B', 'im_1_correct', 'im_2_correct'];
/** Columns whose cells stay text, whatever they look like. */
const TEXT_COLUMNS = /^(id|question|option_[AB]|im_[12]|im_[12]_local|cap_[12]|im_[12]_correct|AI_.*)$/;

function csvRows(path: string, text: string): Result<Rows> {
  const { rows, problems } = parseCsv(text, separatorOf(text));
  const [header, ...body] = rows;
  if (!header) return fail(fault('bad-benchmark', `${path} is empty.`, { path }));
  const names = header.cells.map((c) => c.trim());
  const missing = REQUIRED_COLUMNS.filter((c) => !names.includes(c));
  if (missing.length > 0) {
    const message = `${path}, line ${header.line}: there is no column ${missing.join(', no column ')}.`;
    return fail(fault('bad-benchmark', message, { path, line: header.line, missing: missing.join(', ') }));
  }
  const twice = names.filter((n, i) => n !== '' && names.indexOf(n) !== i);
  const found = [
    ...problems.map((p) => error(`${path}, line ${p.line}`, p.message)),
    ...twice.map((n) => error(`${path}, line ${header.line}`, `The column "${n}" occurs twice; the last one counts.`)),
  ];
  const made = body.map((row): Row => {
    const place = `${path}, line ${row.line}`;
    const fields = new Map<string, Field>();
    names.forEach((name, i) => {
      // The official file begins with the data frame's index, a column without a name.
      if (name === '' || name.startsWith('Unnamed:')) return;
      const cell = row.cells[i];
      if (cell !== undefined) fields.set(name, { value: cellValue(name, cell), place: `${place}, ${name}` });
    });
    const cells = row.cells.length;
    const broken = cells === names.length ? null : `The row has ${cells} cells and the header ${names.length}.`;
    return { id: fields.get('id') ?? null, place, fields, broken };
  });
  return ok({ rows: made, problems: found });
}

/** A cell as the JSON form of the same data would have it. */
function cellValue(column: string, cell: string): unknown {
  if (/^category_[12]$/.test(column)) return parsePythonList(cell) ?? cell;
  if (TEXT_COLUMNS.test(column)) return cell;
  if (cell === '') return null;
  if (/^(true|false)$/i.test(cell)) return cell.toLowerCase() === 'true';
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(cell) ? Number(cell) : cell;
}
