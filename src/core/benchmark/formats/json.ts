import { fail, fault, ok, type Result } from '../../fault.ts';
import { isFieldName } from '../names.ts';
import {
  member,
  parseJsonLines,
  plain,
  repeated,
  type JsonMember,
  type JsonNode,
  type ParsedDocuments,
  type Place,
} from '../nodes.ts';
import type { Problem } from '../types.ts';
import type { BenchmarkFormat, Field, Row, Rows } from './types.ts';

/** JSON and JSON Lines (data/dataset.json of the published code). */
export const JSON_FORMAT: BenchmarkFormat = { label: 'JSON', ending: 'json', also: ['jsonl', 'ndjson'], rows };

/** One pair as it stands in the file: keyed by id, or in a list. */
interface Entry {
  readonly key: string | null;
  readonly at: number;
  readonly value: JsonNode;
}

interface Entries {
  readonly entries: readonly Entry[];
  readonly problems: readonly Problem[];
}

/**
 * Pairs of a JSON question file: an object keyed by id, a list, JSON Lines; the same below one key ({"data": [...]}); and columns, as pandas
 * (`to_json`, orient columns or split) and R (jsonlite) write data frames.
 */
function rows(path: string, text: string): Result<Rows> {
  const parsed = parseJsonLines(text);
  if (!parsed.ok) {
    const { line, column } = parsed.place;
    const where = `${path}, line ${line}, column ${column}`;
    const message = `${where}: ${parsed.message} Correct the file there.`;
    return fail(fault('bad-benchmark', message, { line, column, path }));
  }
  const line = (offset: number): string => `${path}, line ${lineOf(parsed, offset)}`;
  const found = entriesOf(path, parsed.roots, line);
  if (!found.ok) return found;
  const { entries } = found.value;
  const read = entries.map((e) => jsonRow(e, line));
  const problems = entries.flatMap((e) =>
    repeated(e.value).map((m): Problem => {
      const message = `The field "${m.key}" occurs twice; the last one counts.`;
      return { pair: e.key, place: `${line(m.at)}, ${m.key}`, message, severity: 'warning' };
    }),
  );
  return ok({ rows: read, problems: [...found.value.problems, ...problems] });
}

function lineOf(parsed: ParsedDocuments & { readonly ok: true }, offset: number): Place['line'] {
  return parsed.place(offset).line;
}

const inList = (value: JsonNode): Entry => ({ key: null, at: value.at, value });

function entriesOf(
  path: string,
  roots: readonly [JsonNode, ...JsonNode[]],
  line: (at: number) => string,
): Result<Entries> {
  const [root, ...more] = roots;
  // A single object with the fields of a pair is JSON Lines with one line.
  if (more.length > 0 || isPair(root)) return ok({ entries: roots.map(inList), problems: [] });
  if (root.kind === 'array') return ok({ entries: root.items.map(inList), problems: [] });
  if (root.kind === 'object') return objectEntries(path, root, line);
  return fail(fault('bad-benchmark', `${path} holds neither an object of pairs nor a list of them.`, { path }));
}

function objectEntries(
  path: string,
  root: JsonNode & { readonly kind: 'object' },
  line: (at: number) => string,
): Result<Entries> {
  const columns = columnEntries(root);
  if (columns) return ok({ entries: columns, problems: [] });
  if (root.members.some((m) => isPair(m.value))) return ok({ entries: root.members, problems: [] });
  const wrapped = root.members.filter((m) => pairsBelow(m.value) !== null);
  const [only, second] = wrapped;
  if (only && second) {
    const message = `${path} holds several lists of pairs (${wrapped.map((m) => `"${m.key}"`).join(', ')}). Leave one of them in the file.`;
    return fail(fault('bad-benchmark', message, { path }));
  }
  const [sole, other] = root.members;
  if (!only && sole?.value.kind === 'object' && !other && sole.value.members.some((m) => pairsBelow(m.value)))
    return objectEntries(path, sole.value, line);
  if (!only) return ok({ entries: root.members, problems: [] });
  const passed = root.members.filter((m) => m !== only);
  const problems = passed.map((m): Problem => {
    const message = `The pairs stand below "${only.key}"; "${m.key}" beside it is passed over.`;
    return { pair: null, place: `${line(m.at)}, ${m.key}`, message, severity: 'warning' };
  });
  return ok({ entries: pairsBelow(only.value) ?? [], problems });
}

/** Entries of a list or an object of pairs, or of columns; null for anything else. */
function pairsBelow(node: JsonNode): readonly Entry[] | null {
  if (node.kind === 'array') return node.items.some(isPair) ? node.items.map(inList) : null;
  if (node.kind !== 'object') return null;
  return columnEntries(node) ?? (node.members.some((m) => isPair(m.value)) ? node.members : null);
}

/** Whether an object has several fields of a pair. */
function isPair(node: JsonNode): boolean {
  return node.kind === 'object' && !isColumns(node) && node.members.filter((m) => isFieldName(m.key)).length >= 3;
}

const isColumn = (node: JsonNode): boolean =>
  node.kind === 'array' || (node.kind === 'object' && node.members.every((m) => /^\d+$/.test(m.key)));

/** Whether an object holds columns: each of its fields a list, or an object by row number, of which some have other than one row. */
function isColumns(node: JsonNode & { readonly kind: 'object' }): boolean {
  const fields = node.members.filter((m) => isFieldName(m.key));
  const sizes = fields.map((m) => sizeOf(m.value));
  const texts = fields.filter((m) => !/^categor/i.test(m.key));
  if (texts.length < 3 || !texts.every((m) => isColumn(m.value))) return false;
  // jsonlite writes each value of one pair as a list of one.
  return fields.some((m) => m.value.kind === 'object') || new Set(sizes).size === 1;
}

const sizeOf = (node: JsonNode): number =>
  node.kind === 'array' ? node.items.length : node.kind === 'object' ? node.members.length : 1;

function columnEntries(node: JsonNode & { readonly kind: 'object' }): readonly Entry[] | null {
  const split = splitEntries(node);
  if (split || !isColumns(node)) return split;
  const names = [...new Set(node.members.flatMap((m) => keysOf(m.value)))];
  return names.map((row): Entry => {
    const members = node.members.flatMap((m): readonly JsonMember[] => {
      const value = m.value.kind === 'array' ? m.value.items[Number(row)] : member(m.value, row)?.value;
      return value ? [{ key: m.key, at: value.at, value }] : [];
    });
    const at = members[0]?.at ?? node.at;
    return { key: null, at, value: { kind: 'object', at, members } };
  });
}

function keysOf(node: JsonNode): readonly string[] {
  if (node.kind === 'array') return node.items.map((_, i) => String(i));
  return node.kind === 'object' ? node.members.map((m) => m.key) : [];
}

/** pandas, orient="split": {"columns": [...], "index": [...], "data": [[...], ...]}. */
function splitEntries(node: JsonNode): readonly Entry[] | null {
  const columns = member(node, 'columns')?.value;
  const data = member(node, 'data')?.value;
  if (columns?.kind !== 'array' || data?.kind !== 'array') return null;
  const names = columns.items.map((c) => (c.kind === 'scalar' ? String(c.value) : ''));
  if (names.filter(isFieldName).length < 3) return null;
  return data.items.map((row): Entry => {
    const cells = row.kind === 'array' ? row.items : [];
    const members = cells.map((value, i): JsonMember => ({ key: names[i] ?? '', at: value.at, value }));
    return inList(row.kind === 'array' ? { kind: 'object', at: row.at, members } : row);
  });
}

function jsonRow({ key, at, value: node }: Entry, line: (at: number) => string): Row {
  const fields = new Map<string, Field>();
  const members = node.kind === 'object' ? node.members : [];
  const boxed = members.every((m) => m.value.kind === 'array');
  for (const m of members) {
    const value = boxed ? unboxed(m) : m.value;
    const literal = value.kind === 'scalar' ? value.literal : null;
    const written = value.kind === 'scalar' ? value.written : undefined;
    fields.set(m.key, {
      value: literal === null ? plain(value) : Number(literal),
      place: `${line(m.value.at)}, ${m.key}`,
      ...(written === undefined ? {} : { written }),
    });
  }
  const place = line(at);
  const id = key === null ? (fields.get('id') ?? null) : { value: key, place };
  const broken = node.kind === 'object' ? null : 'This entry is no object with the fields of a pair.';
  return { id, place, fields, broken };
}

/** Where R writes every value as a list, those of one value are it; only categories are lists. */
function unboxed({ key, value }: JsonMember): JsonNode {
  const [only, second] = value.kind === 'array' ? value.items : [];
  return only?.kind === 'scalar' && !second && isFieldName(key) && !/^categor/i.test(key) ? only : value;
}
