/**
 * The values that a chat template computes with, as Python has them. A list is an array, a dict a Map, None null; what JavaScript lacks has a class here.
 */
export type Value =
  null | boolean | number | string | Float | Undefined | Markup | Value[] | Seq | Stream | Dict | Space | Func;

export type Dict = Map<Value, Value>;
/** Arguments by name. */
export type Named = ReadonlyMap<string, Value>;

/** What a template does wrong, or raises itself, in Jinja2's words where it has them. */
export class JinjaError extends Error {}

/** A float, which is written with a point where an int of the same value is not. */
export class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** A name without a value: written as nothing, an error for anything that wants one. */
export class Undefined {
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
}

/** A text that was marked safe: written as it is, and joined with others only by `~`. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A tuple, a range or a dict's view; `names` are a named tuple's. */
export class Seq {
  readonly kind: 'tuple' | 'range' | 'view';
  readonly items: readonly Value[];
  readonly names: readonly string[];
  constructor(kind: Seq['kind'], items: readonly Value[], names: readonly string[] = []) {
    this.kind = kind;
    this.items = items;
    this.names = names;
  }
}

/** A generator, as most filters give: always true, without a length, made when it is first read, and read once. */
export class Stream {
  private items: readonly Value[] | null = null;
  private readonly make: () => readonly Value[];
  constructor(make: () => readonly Value[]) {
    this.make = make;
  }
  take(): readonly Value[] {
    const taken = this.items ?? this.make();
    this.items = [];
    return taken;
  }
  /** The next item alone. */
  next(): Value | undefined {
    const [first, ...rest] = this.take();
    this.items = rest;
    return first;
  }
}

/** Attributes under names: a namespace, which takes new ones, or what a loop says of itself. */
export class Space {
  readonly kind: 'namespace' | 'loop';
  readonly values: Map<string, Value>;
  constructor(kind: Space['kind'], values: Map<string, Value>) {
    this.kind = kind;
    this.values = values;
  }
}

export class Func {
  readonly call: (args: readonly Value[], named: Named) => Value;
  constructor(call: Func['call']) {
    this.call = call;
  }
}

export const func = (call: Func['call']): Func => new Func(call);
export const tuple = (...items: readonly Value[]): Seq => new Seq('tuple', items);

/** @throws JinjaError always: Python would go on, and Lookalike cannot say how */
export function lacks(what: string): never {
  throw new JinjaError(`${what} is a part of Jinja that Lookalike lacks`);
}

/** The value of a number, with False as 0 and True as 1; null for anything else. */
export function numeric(value: Value): number | null {
  if (typeof value === 'number') return value;
  if (value instanceof Float) return value.value;
  return typeof value === 'boolean' ? Number(value) : null;
}

/** A whole number; @throws JinjaError for anything else */
export function whole(value: Value, what: string): number {
  if (typeof value === 'number' || typeof value === 'boolean') return Number(value);
  throw new JinjaError(`${what}: '${typeName(value)}' object cannot be interpreted as an integer`);
}

/** A value from JSON; numbers with a fraction are floats. */
export function fromJson(json: unknown): Value {
  if (json === null || typeof json === 'boolean' || typeof json === 'string') return json;
  if (typeof json === 'number') return Number.isInteger(json) ? json : new Float(json);
  if (Array.isArray(json)) return json.map(fromJson);
  if (typeof json === 'object') return new Map(Object.entries(json).map(([k, v]) => [k, fromJson(v)]));
  return new Undefined('a value is undefined');
}

export function truth(value: Value): boolean {
  if (value === null || value instanceof Undefined) return false;
  const number = numeric(value);
  if (number !== null) return number !== 0;
  if (typeof value === 'string' || Array.isArray(value)) return value.length > 0;
  if (value instanceof Markup) return value.text !== '';
  if (value instanceof Seq) return value.items.length > 0;
  return value instanceof Map ? value.size > 0 : true;
}

export function typeName(value: Value): string {
  if (value === null) return 'NoneType';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return 'int';
  if (value instanceof Float) return 'float';
  if (value instanceof Undefined) return 'Undefined';
  if (value instanceof Markup) return 'Markup';
  if (value instanceof Seq) return value.kind === 'view' ? 'dict view' : value.kind;
  if (value instanceof Stream) return 'generator';
  if (value instanceof Space) return value.kind === 'loop' ? 'LoopContext' : 'Namespace';
  if (value instanceof Func) return 'function';
  return Array.isArray(value) ? 'list' : 'dict';
}

/** The items that a `for` goes through; of a dict its keys, of a text its characters. */
export function iterate(value: Value): readonly Value[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') return [...value];
  if (value instanceof Markup) return [...value.text];
  if (value instanceof Seq) return value.items;
  if (value instanceof Map) return [...value.keys()];
  if (value instanceof Stream) return value.take();
  if (value instanceof Undefined) return [];
  throw new JinjaError(`'${typeName(value)}' object is not iterable`);
}

export function lengthOf(value: Value): number {
  if (value instanceof Stream || value instanceof Space)
    throw new JinjaError(`object of type '${typeName(value)}' has no len()`);
  try {
    return iterate(value).length;
  } catch {
    throw new JinjaError(`object of type '${typeName(value)}' has no len()`);
  }
}

export function equal(a: Value, b: Value): boolean {
  const [x, y] = [numeric(a), numeric(b)];
  if (x !== null || y !== null) return x === y;
  if (a instanceof Markup) return equal(a.text, b);
  if (b instanceof Markup) return equal(a, b.text);
  if (a instanceof Undefined) return b instanceof Undefined;
  if (Array.isArray(a)) return Array.isArray(b) && allEqual(a, b);
  if (a instanceof Seq) return b instanceof Seq && a.kind === b.kind && allEqual(a.items, b.items);
  if (a instanceof Map)
    return b instanceof Map && a.size === b.size && [...a].every(([k, v]) => b.has(k) && equal(v, b.get(k) ?? null));
  return a === b;
}

function allEqual(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((value, i) => equal(value, b[i] ?? null));
}

/**
 * The order of two values: negative, zero or positive.
 * @throws JinjaError where Python knows none
 */
export function order(a: Value, b: Value, sign = '<'): number {
  const [x, y] = [numeric(a), numeric(b)];
  if (x !== null && y !== null) return x - y;
  if (typeof a === 'string' && typeof b === 'string') return orderTexts(a, b);
  const lists = [a, b].map((v) => (Array.isArray(v) ? v : v instanceof Seq && v.kind === 'tuple' ? v.items : null));
  const [left, right] = lists;
  if (left && right && typeName(a) === typeName(b)) {
    const i = left.findIndex((value, at) => at >= right.length || !equal(value, right[at] ?? null));
    if (i < 0 || i >= right.length) return left.length - right.length;
    return order(left[i] ?? null, right[i] ?? null, sign);
  }
  for (const value of [a, b]) if (value instanceof Undefined) throw new JinjaError(value.why);
  throw new JinjaError(`'${sign}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`);
}

/** By code points, as Python orders. */
function orderTexts(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < left.length && i < right.length; i++) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** `item in container`. */
export function contains(container: Value, item: Value): boolean {
  if (typeof container === 'string') {
    if (typeof item === 'string') return container.includes(item);
    if (item instanceof Undefined) throw new JinjaError(item.why);
    throw new JinjaError(`'in <string>' requires string as left operand, not ${typeName(item)}`);
  }
  if (container instanceof Map) {
    if (Array.isArray(item) || item instanceof Map) throw new JinjaError(`unhashable type: '${typeName(item)}'`);
    return container.has(item);
  }
  if (numeric(container) !== null || container === null || container instanceof Space || container instanceof Func)
    throw new JinjaError(`argument of type '${typeName(container)}' is not iterable`);
  if (container instanceof Markup) return lacks('`in` a text marked safe');
  return iterate(container).some((value) => equal(value, item));
}
