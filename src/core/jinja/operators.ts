import { str } from './text.ts';
import {
  contains,
  equal,
  Float,
  JinjaError,
  lacks,
  Markup,
  numeric,
  order,
  Seq,
  typeName,
  Undefined,
  whole,
  type Value,
} from './values.ts';

/** One comparison of a chain: `==`, `<`, `in`, ... */
export function compare(sign: string, left: Value, right: Value): boolean {
  switch (sign) {
    case '==':
      return equal(left, right);
    case '!=':
      return !equal(left, right);
    case 'in':
      return contains(right, left);
    case 'not in':
      return !contains(right, left);
  }
  for (const value of [left, right]) if (value instanceof Undefined) throw new JinjaError(value.why);
  const found = order(left, right, sign);
  if (sign.startsWith('<')) return sign === '<' ? found < 0 : found <= 0;
  return sign === '>' ? found > 0 : found >= 0;
}

/** `+`, `-`, `*`, `/`, `//`, `%`, `**` as Python computes them. */
export function compute(sign: string, left: Value, right: Value): Value {
  for (const value of [left, right]) if (value instanceof Undefined) throw new JinjaError(value.why);
  const [a, b] = [numeric(left), numeric(right)];
  if (a !== null && b !== null) return arithmetic(sign, a, b, left instanceof Float || right instanceof Float);
  if (left instanceof Markup || right instanceof Markup) return lacks(`'${sign}' on a text marked safe`);
  if (sign === '+') return joined(left, right);
  if (sign === '*' && (a !== null || b !== null)) return repeated(a === null ? left : right, a === null ? right : left);
  if (sign === '%' && typeof left === 'string') return percent(left, right);
  throw mismatch(sign, left, right);
}

function mismatch(sign: string, left: Value, right: Value): JinjaError {
  return new JinjaError(`unsupported operand type(s) for ${sign}: '${typeName(left)}' and '${typeName(right)}'`);
}

function arithmetic(sign: string, a: number, b: number, float: boolean): Value {
  const result = (value: number): Value => (float ? new Float(value) : value);
  if (b === 0 && ['/', '//', '%'].includes(sign)) throw new JinjaError('division by zero');
  switch (sign) {
    case '+':
      return result(a + b);
    case '-':
      return result(a - b);
    case '*':
      return result(a * b);
    case '/':
      return new Float(a / b);
    case '//':
      return result(Math.floor(a / b));
    case '%':
      return result(a - b * Math.floor(a / b));
  }
  return float || b < 0 ? new Float(a ** b) : a ** b;
}

function joined(left: Value, right: Value): Value {
  if (typeof left === 'string') {
    if (typeof right === 'string') return left + right;
    throw new JinjaError(`can only concatenate str (not "${typeName(right)}") to str`);
  }
  if (Array.isArray(left)) {
    if (Array.isArray(right)) return [...left, ...right];
    throw new JinjaError(`can only concatenate list (not "${typeName(right)}") to list`);
  }
  if (left instanceof Seq && right instanceof Seq && left.kind === 'tuple' && right.kind === 'tuple')
    return new Seq('tuple', [...left.items, ...right.items]);
  throw mismatch('+', left, right);
}

function repeated(value: Value, times: Value): Value {
  const count = Math.max(whole(times, '*'), 0);
  if (typeof value === 'string') return value.repeat(count);
  if (Array.isArray(value)) return Array.from({ length: count }, () => value).flat();
  throw mismatch('*', value, times);
}

/** `%s` and `%d` of a text; other signs are refused. */
function percent(text: string, value: Value): string {
  const values = value instanceof Seq && value.kind === 'tuple' ? value.items : [value];
  let next = 0;
  const out = text.replace(/%(.?)/gs, (found, sign: string) => {
    if (sign === '%') return '%';
    const one = values[next++];
    if (one === undefined) throw new JinjaError('not enough arguments for format string');
    if (sign === 's') return str(one);
    return sign === 'd' ? String(Math.trunc(numeric(one) ?? whole(one, '%d'))) : lacks(`the sign ${found} of a text`);
  });
  if (next < values.length && !(value instanceof Map))
    throw new JinjaError('not all arguments converted during string formatting');
  return out;
}

/** `value[from:to:step]` */
export function sliced(value: Value, from: number | null, to: number | null, step: number): Value {
  if (value instanceof Undefined) throw new JinjaError(value.why);
  if (step === 0) throw new JinjaError('slice step cannot be zero');
  if (typeof value === 'string') return cut([...value], from, to, step).join('');
  if (Array.isArray(value)) return cut(value, from, to, step);
  if (value instanceof Seq && value.kind !== 'view') return new Seq(value.kind, cut(value.items, from, to, step));
  throw new JinjaError(`'${typeName(value)}' object is not subscriptable`);
}

function cut<T>(items: readonly T[], from: number | null, to: number | null, step: number): T[] {
  const [low, high] = step > 0 ? [0, items.length] : [-1, items.length - 1];
  const at = (place: number | null, otherwise: number): number =>
    place === null ? otherwise : Math.min(Math.max(place < 0 ? place + items.length : place, low), high);
  const [start, end] = [at(from, step > 0 ? low : high), at(to, step > 0 ? high : low)];
  const out: T[] = [];
  for (let i = start; step > 0 ? i < end : i > end; i += step) out.push(...items.slice(i, i + 1));
  return out;
}
