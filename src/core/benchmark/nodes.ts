/**
 * JSON read into nodes that keep their places, the order of members, and members that occur twice: what `JSON.parse` forgets
 * (it moves keys that look like numbers to the front, and lets a second key replace the first), and a checker must report.
 */
export type JsonScalar = string | number | boolean | null;

export interface JsonMember {
  readonly key: string;
  /** Offset of the key in the text. */
  readonly at: number;
  readonly value: JsonNode;
}
export type JsonNode =
  | { readonly kind: 'object'; readonly at: number; readonly members: readonly JsonMember[] }
  | { readonly kind: 'array'; readonly at: number; readonly items: readonly JsonNode[] }
  /**
   * `literal`: the word as written where Python's NaN, Infinity or -Infinity stands for the value; else null. `written`: a number's digits as they stand,
   * of which a float64 keeps 15.
   */
  | {
      readonly kind: 'scalar';
      readonly at: number;
      readonly value: JsonScalar;
      readonly literal: string | null;
      readonly written?: string;
    };

export interface Place {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

export type ParsedJson =
  | { readonly ok: true; readonly root: JsonNode; readonly place: (at: number) => Place }
  | { readonly ok: false; readonly message: string; readonly place: Place };

class SyntaxFault extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

const MAX_DEPTH = 100;
const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /-?[A-Za-z]+/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Parses strict JSON (and Python's NaN, Infinity, -Infinity as null, told apart by `literal`). A leading BOM is skipped. */
export function parseJson(text: string): ParsedJson {
  const place = placer(text);
  try {
    return { ok: true, root: readDocuments(text, false)[0], place };
  } catch (e) {
    if (e instanceof SyntaxFault) return { ok: false, message: e.message, place: place(e.at) };
    throw e;
  }
}

export type ParsedDocuments =
  | { readonly ok: true; readonly roots: readonly [JsonNode, ...JsonNode[]]; readonly place: (at: number) => Place }
  | { readonly ok: false; readonly message: string; readonly place: Place };

/** Parses JSON as `parseJson` does, or JSON Lines: several objects, each on lines of its own. */
export function parseJsonLines(text: string): ParsedDocuments {
  const place = placer(text);
  try {
    return { ok: true, roots: readDocuments(text, true), place };
  } catch (e) {
    if (e instanceof SyntaxFault) return { ok: false, message: e.message, place: place(e.at) };
    throw e;
  }
}

function readDocuments(text: string, several: boolean): readonly [JsonNode, ...JsonNode[]] {
  let i = text.startsWith('\uFEFF') ? 1 : 0;

  const skip = (): void => {
    SPACE.lastIndex = i;
    SPACE.test(text);
    i = SPACE.lastIndex;
  };
  const bad = (message: string, at = i): never => {
    throw new SyntaxFault(message, at);
  };
  const found = (): string => (i >= text.length ? 'the file ends' : `${text[i] ?? ''} stands`);

  function value(depth: number): JsonNode {
    if (depth > MAX_DEPTH) bad(`Values are nested more than ${MAX_DEPTH} deep.`);
    skip();
    const c = text[i];
    if (c === '{') return object(depth);
    if (c === '[') return array(depth);
    const at = i;
    if (c === '"') return { kind: 'scalar', at, value: string(), literal: null };
    return scalar(at);
  }

  function scalar(at: number): JsonNode {
    WORD.lastIndex = i;
    const word = WORD.exec(text)?.[0];
    if (word !== undefined) {
      i += word.length;
      if (word === 'true' || word === 'false') return { kind: 'scalar', at, value: word === 'true', literal: null };
      if (word === 'null') return { kind: 'scalar', at, value: null, literal: null };
      if (/^(NaN|-?Infinity)$/.test(word)) return { kind: 'scalar', at, value: null, literal: word };
      return bad(`"${word}" is no JSON value.`, at);
    }
    NUMBER.lastIndex = i;
    const number = NUMBER.exec(text)?.[0];
    if (number === undefined) return bad(`A value is expected where ${found()}.`);
    i += number.length;
    const n = Number(number);
    return Number.isFinite(n)
      ? { kind: 'scalar', at, value: n, literal: null, written: number }
      : { kind: 'scalar', at, value: null, literal: number };
  }

  function string(): string {
    const start = i++;
    let plain = true;
    for (;;) {
      const c = text.charCodeAt(i);
      if (Number.isNaN(c)) bad('This string has no closing quotation mark.', start);
      if (c === 0x22) break;
      if (c < 0x20) bad('A string holds a raw line break or control character (write \\n).');
      if (c === 0x5c) {
        plain = false;
        ESCAPE.lastIndex = i;
        if (!ESCAPE.test(text)) bad('A backslash in a string starts no JSON escape.');
        i = ESCAPE.lastIndex;
      } else i++;
    }
    i++;
    if (plain) return text.slice(start + 1, i - 1);
    return String(JSON.parse(text.slice(start, i)));
  }

  function array(depth: number): JsonNode {
    const at = i++;
    const items: JsonNode[] = [];
    skip();
    if (text[i] === ']') return (i++, { kind: 'array', at, items });
    for (;;) {
      items.push(value(depth + 1));
      skip();
      if (text[i] === ']') return (i++, { kind: 'array', at, items });
      if (text[i] !== ',') bad(`A comma or ] is expected where ${found()}.`);
      i++;
    }
  }

  function object(depth: number): JsonNode {
    const at = i++;
    const members: JsonMember[] = [];
    skip();
    if (text[i] === '}') return (i++, { kind: 'object', at, members });
    for (;;) {
      skip();
      const keyAt = i;
      if (text[i] !== '"') bad(`A key in quotation marks is expected where ${found()}.`);
      const key = string();
      skip();
      if (text[i] !== ':') bad(`A colon is expected where ${found()}.`);
      i++;
      members.push({ key, at: keyAt, value: value(depth + 1) });
      skip();
      if (text[i] === '}') return (i++, { kind: 'object', at, members });
      if (text[i] !== ',') bad(`A comma or } is expected where ${found()}.`);
      i++;
    }
  }

  const roots: [JsonNode, ...JsonNode[]] = [value(0)];
  for (;;) {
    const end = i;
    skip();
    if (i >= text.length) return roots;
    const lines = several && roots.at(-1)?.kind === 'object' && text[i] === '{' && /[\n\r]/.test(text.slice(end, i));
    if (!lines) bad(`The file goes on behind its end: ${found()}.`);
    roots.push(value(0));
  }
}

function placer(text: string): (at: number) => Place {
  let starts: number[] | null = null;
  return (at) => {
    if (starts === null) {
      starts = [0];
      for (let n = text.indexOf('\n'); n >= 0; n = text.indexOf('\n', n + 1)) starts.push(n + 1);
    }
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: at - (starts[low] ?? 0) + 1 };
  };
}

/** The value of a node as JSON.parse would give it (the last of members that occur twice); not-a-number literals are null. */
export function plain(node: JsonNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'array') return node.items.map(plain);
  return Object.fromEntries(node.members.map((m) => [m.key, plain(m.value)]));
}

/** The last member of that name, or undefined. */
export function member(node: JsonNode | undefined, key: string): JsonMember | undefined {
  return node?.kind === 'object' ? node.members.findLast((m) => m.key === key) : undefined;
}

/** Members whose key has occurred before in the same object. */
export function repeated(node: JsonNode): readonly JsonMember[] {
  if (node.kind !== 'object') return [];
  const seen = new Set<string>();
  return node.members.filter((m) => seen.size === seen.add(m.key).size);
}
