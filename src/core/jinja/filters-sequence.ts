import type { Filter, Input } from './input.ts';
import { str } from './text.ts';
import {
  equal,
  iterate,
  JinjaError,
  lengthOf,
  numeric,
  order,
  Float,
  Seq,
  Stream,
  truth,
  tuple,
  Undefined,
  whole,
  type Value,
} from './values.ts';

type Getter = (item: Value) => Value;

/** Filters of lists, dicts and whatever can be gone through. */
export const SEQUENCE_FILTERS: Readonly<Record<string, Filter>> = {
  length: (v) => lengthOf(v),
  count: (v) => lengthOf(v),
  list: (v) => [...iterate(v)],
  first: (v) => (v instanceof Stream ? v.next() : iterate(v)[0]) ?? new Undefined('No first item, sequence was empty.'),
  last: (v) => {
    if (v instanceof Stream) throw new JinjaError("'generator' object is not reversible");
    return iterate(v).at(-1) ?? new Undefined('No last item, sequence was empty.');
  },
  join: (v, i) => {
    const get = getter(i, i.value(1, 'attribute'));
    return iterate(v)
      .map((item) => str(get(item)))
      .join(i.maybe(0, 'd') ?? '');
  },
  reverse: (v) => {
    if (v instanceof Stream) return new Stream(() => [...v.take()].reverse());
    return typeof v === 'string' ? [...v].reverse().join('') : reversed(iterate(v));
  },
  sort: (v, i) => sorted(iterate(v), folding(i, 1, i.value(2, 'attribute')), truth(i.value(0, 'reverse') ?? false)),
  unique: (v, i) => {
    const get = folding(i, 0, i.value(1, 'attribute'));
    const seen: Value[] = [];
    return new Stream(() =>
      iterate(v).filter((item) => {
        const key = get(item);
        if (seen.some((s) => equal(s, key))) return false;
        seen.push(key);
        return true;
      }),
    );
  },
  dictsort: (v, i) => {
    if (!(v instanceof Map)) throw new JinjaError('dictsort wants a mapping');
    const by = i.maybe(1, 'by') ?? 'key';
    if (by !== 'key' && by !== 'value') throw new JinjaError('You can only sort by either "key" or "value"');
    const cased = truth(i.value(0, 'case_sensitive') ?? false);
    const key = (pair: Value): Value => fold(iterate(pair)[by === 'key' ? 0 : 1] ?? null, cased);
    return sorted(
      [...v].map(([k, x]) => tuple(k, x)),
      key,
      truth(i.value(2, 'reverse') ?? false),
    );
  },
  groupby: (v, i) => grouped(iterate(v), i),
  map: (v, i) => mapping(v, i),
  select: (v, i) => chosen(v, i, false, true),
  reject: (v, i) => chosen(v, i, false, false),
  selectattr: (v, i) => chosen(v, i, true, true),
  rejectattr: (v, i) => chosen(v, i, true, false),
  batch: (v, i) => batched(iterate(v), whole(i.needed(0, 'linecount'), 'batch'), i.value(1, 'fill_with') ?? null),
  sum: (v, i) => summed(iterate(v).map(getter(i, i.value(0, 'attribute'))), i.value(1, 'start') ?? 0),
  min: (v, i) => extreme(v, i, false),
  max: (v, i) => extreme(v, i, true),
};

/** What an attribute's name, such as `details.0`, gets of an item; the item itself where none is named. */
function getter(i: Input, attribute: Value | undefined, fallback?: Value): Getter {
  if (attribute === undefined || attribute === null) return (item) => item;
  const parts: readonly Value[] =
    typeof attribute === 'string' ? attribute.split('.').map((p) => (/^\d+$/.test(p) ? Number(p) : p)) : [attribute];
  return (item) =>
    parts.reduce((value, part) => {
      const found = i.item(value, part);
      return found instanceof Undefined && fallback !== undefined ? fallback : found;
    }, item);
}

const fold = (value: Value, cased: boolean): Value =>
  typeof value === 'string' && !cased ? value.toLowerCase() : value;

/** A getter of keys to compare by; several attributes, between commas, make a list. */
function folding(i: Input, place: number, attribute: Value | undefined): Getter {
  const cased = truth(i.value(place, 'case_sensitive') ?? false);
  if (typeof attribute !== 'string' || !attribute.includes(',')) {
    const get = getter(i, attribute);
    return (item) => fold(get(item), cased);
  }
  const gets = attribute.split(',').map((a) => getter(i, a));
  return (item) => gets.map((get) => fold(get(item), cased));
}

function sorted(items: readonly Value[], key: Getter, reverse: boolean): Value[] {
  const sign = reverse ? -1 : 1;
  return items
    .map((item) => ({ item, key: key(item) }))
    .sort((a, b) => sign * order(a.key, b.key))
    .map(({ item }) => item);
}

function grouped(items: readonly Value[], i: Input): Value[] {
  const get = getter(i, i.needed(0, 'attribute'), i.value(1, 'default'));
  const cased = truth(i.value(2, 'case_sensitive') ?? false);
  const groups: { readonly key: Value; readonly items: Value[] }[] = [];
  for (const item of sorted(items, (x) => fold(get(x), cased), false)) {
    const key = get(item);
    const last = groups.at(-1);
    if (last !== undefined && equal(fold(last.key, cased), fold(key, cased))) last.items.push(item);
    else groups.push({ key, items: [item] });
  }
  return groups.map((g) => new Seq('tuple', [g.key, g.items], ['grouper', 'list']));
}

function reversed(items: readonly Value[]): Stream {
  return new Stream(() => [...items].reverse());
}

function mapping(value: Value, i: Input): Stream {
  const get = mapped(i);
  return new Stream(() => iterate(value).map(get));
}

function mapped(i: Input): Getter {
  if (i.args.length === 0 && i.named.has('attribute'))
    return getter(i, i.named.get('attribute'), i.named.get('default'));
  const [name, ...args] = i.args;
  if (typeof name !== 'string') throw new JinjaError('map requires a filter argument');
  return (item) => i.filter(name, item, args, i.named);
}

function chosen(value: Value, i: Input, byAttribute: boolean, keep: boolean): Stream {
  const get = byAttribute ? getter(i, i.needed(0, 'attribute')) : (item: Value): Value => item;
  const [test, ...args] = i.args.slice(byAttribute ? 1 : 0);
  if (test !== undefined && typeof test !== 'string') throw new JinjaError('a test is named by a text');
  const passes = (item: Value): boolean => (test === undefined ? truth(get(item)) : i.test(test, get(item), args));
  return new Stream(() => iterate(value).filter((item) => passes(item) === keep));
}

function batched(items: readonly Value[], size: number, fill: Value): Stream {
  const out: Value[][] = [];
  for (let at = 0; at < items.length; at += size) out.push(items.slice(at, at + size));
  const last = out.at(-1);
  if (fill !== null && last !== undefined) while (last.length < size) last.push(fill);
  return new Stream(() => out);
}

function summed(items: readonly Value[], start: Value): Value {
  const numbers = [start, ...items].map((item) => {
    const number = numeric(item);
    if (number === null) throw new JinjaError('sum wants numbers');
    return number;
  });
  const total = numbers.reduce((a, b) => a + b, 0);
  return [start, ...items].some((item) => item instanceof Float) ? new Float(total) : total;
}

function extreme(value: Value, i: Input, greatest: boolean): Value {
  const key = folding(i, 0, i.value(1, 'attribute'));
  return iterate(value).reduce<Value>(
    (best, item, at) =>
      at === 0 || (greatest ? order(key(item), key(best)) > 0 : order(key(item), key(best)) < 0) ? item : best,
    new Undefined('No aggregated item, sequence was empty.'),
  );
}
