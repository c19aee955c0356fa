import { SPACE, capitalized, splitLines, str, strip, titled } from './text.ts';
import {
  func,
  JinjaError,
  lacks,
  Seq,
  tuple,
  typeName,
  Undefined,
  whole,
  type Dict,
  type Func,
  type Named,
  type Value,
} from './values.ts';

/** Arguments of a method, by place or by name. */
class Given {
  private readonly args: readonly Value[];
  private readonly named: Named;
  private readonly method: string;
  constructor(method: string, args: readonly Value[], named: Named) {
    this.method = method;
    this.args = args;
    this.named = named;
  }
  value(place: number, name: string): Value | undefined {
    return this.args[place] ?? (place in this.args ? null : this.named.get(name));
  }
  text(place: number, name = ''): string {
    const found = this.value(place, name);
    if (typeof found === 'string') return found;
    throw new JinjaError(`${this.method}: must be str, not ${found === undefined ? 'nothing' : typeName(found)}`);
  }
  /** A text, or null for none. */
  maybe(place: number, name = ''): string | null {
    const found = this.value(place, name);
    return found === undefined || found === null ? null : this.text(place, name);
  }
  count(place: number, name: string, fallback: number): number {
    const found = this.value(place, name);
    return found === undefined || found === null ? fallback : whole(found, this.method);
  }
  /** Texts of which one will do. */
  any(place: number): readonly string[] {
    const found = this.value(place, '');
    return found instanceof Seq ? found.items.map((_, i) => String(found.items[i])) : [this.text(place)];
  }
}

type Method<T> = (self: T, given: Given) => Value;

/** A part of a text between two places, as Python's slices take it. */
const within = (text: string, given: Given, first: number): string =>
  [...text].slice(given.count(first, '', 0), given.count(first + 1, '', Infinity)).join('');

const place = (text: string, found: number): number => (found < 0 ? -1 : [...text.slice(0, found)].length);
const all = (text: string, of: RegExp): boolean => text !== '' && [...text].every((c) => of.test(c));
const cased = (text: string, same: string): boolean => text === same && text.toLowerCase() !== text.toUpperCase();

const TEXT: Readonly<Record<string, Method<string>>> = {
  upper: (s) => s.toUpperCase(),
  lower: (s) => s.toLowerCase(),
  casefold: (s) => s.toLowerCase().replaceAll('ß', 'ss'),
  capitalize: (s) => capitalized(s),
  title: (s) => titled(s),
  swapcase: (s) => [...s].map((c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())).join(''),
  strip: (s, g) => strip(s, g.maybe(0)),
  lstrip: (s, g) => strip(s, g.maybe(0), 'left'),
  rstrip: (s, g) => strip(s, g.maybe(0), 'right'),
  split: (s, g) => split(s, g.maybe(0, 'sep'), g.count(1, 'maxsplit', -1)),
  rsplit: (s, g) => rsplit(s, g.maybe(0, 'sep'), g.count(1, 'maxsplit', -1)),
  splitlines: (s, g) => splitLines(s, g.value(0, 'keepends') === true),
  partition: (s, g) => cut(s, g.text(0), s.indexOf(g.text(0)), [s, '', '']),
  rpartition: (s, g) => cut(s, g.text(0), s.lastIndexOf(g.text(0)), ['', '', s]),
  join: (s, g) => joined(s, g.value(0, '')),
  replace: (s, g) => replaced(s, g.text(0), g.text(1), g.count(2, 'count', -1)),
  startswith: (s, g) => g.any(0).some((t) => within(s, g, 1).startsWith(t)),
  endswith: (s, g) => g.any(0).some((t) => within(s, g, 1).endsWith(t)),
  removeprefix: (s, g) => (s.startsWith(g.text(0)) ? s.slice(g.text(0).length) : s),
  removesuffix: (s, g) => (g.text(0) !== '' && s.endsWith(g.text(0)) ? s.slice(0, -g.text(0).length) : s),
  find: (s, g) => (g.value(1, '') === undefined ? place(s, s.indexOf(g.text(0))) : lacks('find() from a place')),
  rfind: (s, g) => (g.value(1, '') === undefined ? place(s, s.lastIndexOf(g.text(0))) : lacks('rfind() from a place')),
  index: (s, g) => {
    if (s.includes(g.text(0))) return place(s, s.indexOf(g.text(0)));
    throw new JinjaError('substring not found');
  },
  count: (s, g) => (g.text(0) === '' ? [...s].length + 1 : s.split(g.text(0)).length - 1),
  isdigit: (s) => all(s, /^[\p{Nd}\u00b2\u00b3\u00b9\u2070-\u2079\u2080-\u2089]$/u),
  isdecimal: (s) => all(s, /^\p{Nd}$/u),
  isnumeric: (s) => all(s, /^\p{N}$/u),
  isalpha: (s) => all(s, /^\p{L}$/u),
  isalnum: (s) => all(s, /^[\p{L}\p{N}]$/u),
  isspace: (s) => all(s, new RegExp(`^[${SPACE}]$`, 'u')),
  isupper: (s) => cased(s, s.toUpperCase()),
  islower: (s) => cased(s, s.toLowerCase()),
  istitle: (s) => s === titled(s) && /\p{L}/u.test(s),
  zfill: (s, g) =>
    /^[-+]?/.exec(s)?.[0] + padded(s.replace(/^[-+]/, ''), g.count(0, '', 0) - (/^[-+]/.test(s) ? 1 : 0), '0', 'start'),
  ljust: (s, g) => padded(s, g.count(0, '', 0), g.maybe(1) ?? ' ', 'end'),
  rjust: (s, g) => padded(s, g.count(0, '', 0), g.maybe(1) ?? ' ', 'start'),
  center: (s, g) => centred(s, g.count(0, '', 0), g.maybe(1) ?? ' '),
};

function split(text: string, sep: string | null, most: number): string[] {
  if (sep === '') throw new JinjaError('empty separator');
  if (sep !== null) {
    const parts = text.split(sep);
    return most < 0 || parts.length <= most + 1 ? parts : [...parts.slice(0, most), parts.slice(most).join(sep)];
  }
  const out: string[] = [];
  let rest = strip(text, null, 'left');
  while (rest !== '') {
    const word = most >= 0 && out.length >= most ? rest : (new RegExp(`^[^${SPACE}]+`, 'u').exec(rest)?.[0] ?? rest);
    out.push(word);
    rest = strip(rest.slice(word.length), null, 'left');
  }
  return out;
}

function rsplit(text: string, sep: string | null, most: number): string[] {
  if (most < 0) return split(text, sep, -1);
  if (sep === null) return lacks('rsplit() at white space up to a number');
  const parts = split(text, sep, -1);
  const first = Math.max(parts.length - most, 1);
  return [parts.slice(0, first).join(sep), ...parts.slice(first)];
}

function cut(text: string, sep: string, at: number, none: readonly string[]): Value {
  if (sep === '') throw new JinjaError('empty separator');
  return at < 0 ? tuple(...none) : tuple(text.slice(0, at), sep, text.slice(at + sep.length));
}

function joined(sep: string, items: Value | undefined): string {
  const texts = Array.isArray(items) ? items : items instanceof Seq ? items.items : null;
  if (texts === null) return lacks('join() of what is no list');
  return texts
    .map((t) => {
      if (typeof t === 'string') return t;
      throw new JinjaError(`sequence item: expected str instance, ${typeName(t)} found`);
    })
    .join(sep);
}

/** Python's `str.replace`: `most` times from the left, always where negative. */
export function replaced(text: string, from: string, to: string, most: number): string {
  const parts = from === '' ? ['', ...text, ''] : text.split(from);
  const times = most < 0 ? parts.length - 1 : Math.min(most, parts.length - 1);
  return (
    parts.slice(0, times + 1).join(to) +
    parts
      .slice(times + 1)
      .map((p) => from + p)
      .join('')
  );
}

function padded(text: string, width: number, fill: string, side: 'start' | 'end'): string {
  const more = fill.repeat(Math.max(width - [...text].length, 0));
  return side === 'start' ? more + text : text + more;
}

/** Python's `str.center`. */
export function centred(text: string, width: number, fill = ' '): string {
  const more = Math.max(width - [...text].length, 0);
  const left = Math.floor(more / 2) + (more & width & 1);
  return fill.repeat(left) + text + fill.repeat(more - left);
}

/** Python's `str.format` with places only, by number or name. */
function formatted(text: string, args: readonly Value[], named: Named): string {
  let next = 0;
  return text.replace(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g, (found, inside?: string) => {
    if (found === '{{' || found === '}}') return found.slice(1);
    if (inside === undefined || !/^\w*$/.test(inside)) return lacks(`format() of ${found}`);
    const value = inside === '' ? args[next++] : /^\d+$/.test(inside) ? args[Number(inside)] : named.get(inside);
    if (value === undefined) throw new JinjaError(`format() has nothing for ${found}`);
    return str(value);
  });
}

const DICT: Readonly<Record<string, Method<Dict>>> = {
  get: (d, g) =>
    d.get(g.value(0, 'key') ?? null) ?? (d.has(g.value(0, 'key') ?? null) ? null : (g.value(1, 'default') ?? null)),
  items: (d) =>
    new Seq(
      'view',
      [...d].map(([k, v]) => tuple(k, v)),
    ),
  keys: (d) => new Seq('view', [...d.keys()]),
  values: (d) => new Seq('view', [...d.values()]),
  copy: (d) => new Map(d),
};

const LIST: Readonly<Record<string, Method<readonly Value[]>>> = {
  copy: (l) => [...l],
};

/** Methods that change what they are called on, which transformers' templates may not. */
const CHANGING_DICT = new Set(['clear', 'pop', 'popitem', 'setdefault', 'update']);
const CHANGING_LIST = new Set(['append', 'clear', 'extend', 'insert', 'pop', 'remove', 'reverse', 'sort']);
const NOT_HERE = new Set([
  'encode',
  'expandtabs',
  'format_map',
  'isascii',
  'isidentifier',
  'isprintable',
  'maketrans',
  'rindex',
  'translate',
]);

/** A value's method; null: it has none of that name. */
export function methodOf(value: Value, name: string): Func | null {
  if (typeof value === 'string') {
    if (name === 'format') return func((args, named) => formatted(value, args, named));
    if (NOT_HERE.has(name)) return lacks(`the method ${name}()`);
    return bound(value, TEXT, name);
  }
  if (value instanceof Map) return CHANGING_DICT.has(name) ? refused(name) : bound(value, DICT, name);
  if (Array.isArray(value)) return CHANGING_LIST.has(name) ? refused(name) : listMethod(value, name);
  if (value instanceof Seq && value.kind === 'tuple') return listMethod(value.items, name === 'copy' ? '' : name);
  return null;
}

function listMethod(value: readonly Value[], name: string): Func | null {
  return name === 'index' || name === 'count'
    ? func(() => lacks(`the method ${name}() of a list`))
    : bound(value, LIST, name);
}

function bound<T>(self: T, methods: Readonly<Record<string, Method<T>>>, name: string): Func | null {
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (method === undefined) return null;
  return func((args, named) => {
    const missing = args.find((a) => a instanceof Undefined);
    if (missing instanceof Undefined && !(self instanceof Map)) throw new JinjaError(missing.why);
    return method(self, new Given(`${name}()`, args, named));
  });
}

function refused(name: string): Func {
  return func(() => {
    throw new JinjaError(
      `the method ${name}() would change what the template was given, which transformers does not let it`,
    );
  });
}
