import { toJson } from './json.ts';
import { centred, replaced } from './methods.ts';
import { SEQUENCE_FILTERS } from './filters-sequence.ts';
import type { Filter, Input } from './input.ts';
import { capitalized, splitLines, str, strip } from './text.ts';
import {
  Float,
  iterate,
  JinjaError,
  lacks,
  Markup,
  numeric,
  truth,
  tuple,
  typeName,
  Undefined,
  whole,
  Stream,
  type Value,
} from './values.ts';

const orUndefined = (value: Value | undefined): Value => value ?? null;

/** Filters of texts, numbers and single values. */
const VALUE_FILTERS: Readonly<Record<string, Filter>> = {
  upper: (v) => str(v).toUpperCase(),
  lower: (v) => str(v).toLowerCase(),
  capitalize: (v) => capitalized(str(v)),
  title: (v) => titleWords(str(v)),
  trim: (v, i) => strip(str(v), i.maybe(0, 'chars')),
  string: (v) => (v instanceof Markup ? v : str(v)),
  safe: (v) => new Markup(str(v)),
  escape: (v) => escaped(v),
  e: (v) => escaped(v),
  replace: (v, i) => replaced(str(v), str(i.needed(0, 'old')), str(i.needed(1, 'new')), i.count(2, 'count', -1)),
  indent: (v, i) => indented(v, i),
  center: (v, i) => centred(str(v), i.count(0, 'width', 80)),
  wordcount: (v) => (str(v).match(/[\p{L}\p{N}_]+/gu) ?? []).length,
  default: (v, i) => defaulted(v, i),
  d: (v, i) => defaulted(v, i),
  tojson: (v, i) => json(v, i),
  int: (v, i) => integer(v, i),
  float: (v, i) => floating(v, i.value(0, 'default') ?? new Float(0)),
  abs: (v) => (v instanceof Float ? new Float(Math.abs(v.value)) : Math.abs(whole(v, 'abs'))),
  round: (v, i) => rounded(v, i),
  items: (v) =>
    new Stream(() => {
      if (v instanceof Undefined) return [];
      if (v instanceof Map) return [...v].map(([k, x]) => tuple(k, x));
      throw new JinjaError('Can only get item pairs from a mapping.');
    }),
};

/** Filters that Jinja2 has and no chat template needs. */
const LACKING = new Set([
  ...['attr', 'filesizeformat', 'forceescape', 'format', 'pprint', 'random', 'slice', 'striptags', 'truncate'],
  ...['urlencode', 'urlize', 'wordwrap', 'xmlattr'],
]);

/** @throws JinjaError for a filter that neither Jinja2 nor Lookalike knows, or that cannot take the value */
export function applyFilter(name: string, value: Value, input: Input): Value {
  for (const filters of [VALUE_FILTERS, SEQUENCE_FILTERS]) {
    const filter = Object.hasOwn(filters, name) ? filters[name] : undefined;
    if (filter !== undefined) return filter(value, input);
  }
  if (LACKING.has(name)) return lacks(`the filter '${name}'`);
  throw new JinjaError(`No filter named '${name}'.`);
}

/** Jinja2's own `title`: words begin behind white space, hyphens and opening brackets. */
function titleWords(text: string): string {
  return text
    .split(/([-\s({[<]+)/u)
    .map((word) => capitalized(word))
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&#39;',
  '"': '&#34;',
};

function escaped(value: Value): Value {
  return value instanceof Markup ? value : new Markup(str(value).replace(/[&<>'"]/g, (c) => ENTITIES[c] ?? c));
}

function indented(text: Value, i: Input): string {
  if (text instanceof Undefined) throw new JinjaError(text.why);
  if (typeof text !== 'string') throw new JinjaError(`indent wants a text, not ${typeName(text)}`);
  const width = i.value(0, 'width') ?? 4;
  const by = typeof width === 'string' ? width : ' '.repeat(whole(width, 'indent'));
  const lines = splitLines(`${text}\n`);
  const blank = truth(i.value(2, 'blank') ?? false);
  const [first = '', ...rest] = lines;
  const out = [first, ...rest.map((line) => (blank || line !== '' ? by + line : line))].join('\n');
  return truth(i.value(1, 'first') ?? false) ? by + out : out;
}

function defaulted(value: Value, i: Input): Value {
  const nothing = value instanceof Undefined || (truth(i.value(1, 'boolean') ?? false) && !truth(value));
  return nothing ? (i.has(0, 'default_value') ? orUndefined(i.value(0, 'default_value')) : '') : value;
}

function json(value: Value, i: Input): string {
  const indent = i.value(1, 'indent') ?? null;
  const separators = i.value(2, 'separators') ?? null;
  const [comma, colon] = separators === null ? [] : iterate(separators).map(str);
  return toJson(value, {
    ascii: truth(i.value(0, 'ensure_ascii') ?? false),
    indent: indent === null ? null : typeof indent === 'string' ? indent : ' '.repeat(whole(indent, 'tojson')),
    separators: comma === undefined || colon === undefined ? null : [comma, colon],
    sorted: truth(i.value(3, 'sort_keys') ?? false),
  });
}

function integer(value: Value, i: Input): Value {
  const fallback = i.value(0, 'default') ?? 0;
  if (value instanceof Undefined) throw new JinjaError(value.why);
  if (i.count(1, 'base', 10) !== 10) return lacks("the filter 'int' with a base");
  const number = typeof value === 'string' || value instanceof Markup ? parsed(str(value)) : numeric(value);
  return number === null || !Number.isFinite(number) ? fallback : Math.trunc(number) + 0;
}

function floating(value: Value, fallback: Value): Value {
  if (value instanceof Undefined) throw new JinjaError(value.why);
  const number = typeof value === 'string' || value instanceof Markup ? parsed(str(value)) : numeric(value);
  return number === null ? fallback : new Float(number);
}

/** A number as Python's `float` reads it; null for none. */
function parsed(text: string): number | null {
  const bare = strip(text, null).replace(/(?<=\d)_(?=\d)/g, '');
  if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(bare)) return Number(bare);
  if (/^[-+]?inf(inity)?$/i.test(bare)) return bare.startsWith('-') ? -Infinity : Infinity;
  return /^[-+]?nan$/i.test(bare) ? NaN : null;
}

function rounded(value: Value, i: Input): Value {
  const [places, method] = [i.count(0, 'precision', 0), i.maybe(1, 'method') ?? 'common'];
  const number = numeric(value);
  if (number === null) throw new JinjaError('round wants a number');
  const scale = 10 ** places;
  if (method === 'ceil' || method === 'floor') return new Float(Math[method](number * scale) / scale);
  if (!(value instanceof Float)) return number;
  // Halves go to the even neighbour, as in Python.
  const low = Math.floor(number);
  const even = number - low === 0.5 ? low + (Math.abs(low) % 2) : Math.round(number);
  return new Float(places === 0 ? even : Number(number.toFixed(places)));
}
