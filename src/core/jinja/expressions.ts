import type { Args, Expr } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { Float, JinjaError, lacks } from './values.ts';

const COMPARISONS = ['==', '!=', '<', '<=', '>', '>='];

/** An expression, by the precedence of Jinja2's parser. */
export function expression(c: Cursor): Expr {
  let then = or(c);
  while (c.skip('name', 'if')) {
    const test = or(c);
    const otherwise = c.skip('name', 'else') ? expression(c) : null;
    then = { kind: 'if', test, then, otherwise };
  }
  return then;
}

/** An expression without `if` and `else`, or a tuple of such. */
export function plainTuple(c: Cursor, ends: readonly string[] = []): Expr {
  return tuple(c, or, ends);
}

/** An expression or, between commas, a tuple; `ends` are names that end it. */
export function tuple(
  c: Cursor,
  one: (c: Cursor) => Expr = expression,
  ends: readonly string[] = [],
  bracketed = false,
): Expr {
  const items: Expr[] = [];
  let many = false;
  for (;;) {
    if (c.is('close') || c.is('operator', ')') || c.isName(...ends)) break;
    items.push(one(c));
    if (!c.skip('operator', ',')) break;
    many = true;
  }
  const [first] = items;
  if (!many && first !== undefined) return first;
  if (!many && !bracketed) return c.unexpected('an expression');
  return { kind: 'tuple', items };
}

function or(c: Cursor): Expr {
  let left = and(c);
  while (c.skip('name', 'or')) left = { kind: 'or', left, right: and(c) };
  return left;
}

function and(c: Cursor): Expr {
  let left = not(c);
  while (c.skip('name', 'and')) left = { kind: 'and', left, right: not(c) };
  return left;
}

function not(c: Cursor): Expr {
  return c.skip('name', 'not') ? { kind: 'not', of: not(c) } : comparison(c);
}

function comparison(c: Cursor): Expr {
  const first = sum(c);
  const rest: (readonly [string, Expr])[] = [];
  for (;;) {
    const sign = COMPARISONS.find((s) => c.skip('operator', s));
    if (sign !== undefined) rest.push([sign, sum(c)]);
    else if (c.skip('name', 'in')) rest.push(['in', sum(c)]);
    else if (c.isName('not') && c.peek(1)?.kind === 'name' && c.peek(1)?.value === 'in') {
      c.take('name');
      c.take('name');
      rest.push(['not in', sum(c)]);
    } else return rest.length === 0 ? first : { kind: 'compare', first, rest };
  }
}

/** A level of operators that bind from the left. */
function level(c: Cursor, signs: readonly string[], next: (c: Cursor) => Expr): Expr {
  let left = next(c);
  for (;;) {
    const sign = signs.find((s) => c.skip('operator', s));
    if (sign === undefined) return left;
    left = { kind: 'binary', sign, left, right: next(c) };
  }
}

const sum = (c: Cursor): Expr => level(c, ['+', '-'], concat);
const product = (c: Cursor): Expr => level(c, ['*', '//', '/', '%'], power);
const power = (c: Cursor): Expr => level(c, ['**'], unary);

function concat(c: Cursor): Expr {
  const first = product(c);
  const items = [first];
  while (c.skip('operator', '~')) items.push(product(c));
  return items.length === 1 ? first : { kind: 'concat', items };
}

function unary(c: Cursor): Expr {
  return filters(c, signed(c));
}

function signed(c: Cursor): Expr {
  const kind = c.skip('operator', '-') ? 'minus' : c.skip('operator', '+') ? 'plus' : null;
  return postfix(c, kind === null ? primary(c) : { kind, of: signed(c) });
}

function primary(c: Cursor): Expr {
  if (c.is('name')) return name(c.take('name').value);
  if (c.is('string')) {
    let value = '';
    while (c.is('string')) value += c.take('string').value;
    return { kind: 'const', value };
  }
  if (c.is('integer')) return { kind: 'const', value: Number(c.take('integer').value) };
  if (c.is('float')) return { kind: 'const', value: new Float(Number(c.take('float').value)) };
  if (c.skip('operator', '(')) {
    const inside = tuple(c, expression, [], true);
    c.take('operator', ')');
    return inside;
  }
  if (c.skip('operator', '[')) return { kind: 'list', items: between(c, ']', expression) };
  if (c.skip('operator', '{')) return { kind: 'dict', items: between(c, '}', entry) };
  return c.unexpected('an expression');
}

function name(found: string): Expr {
  if (/^(true|false)$/i.test(found) && /^[tfTF][a-z]+$/.test(found)) return { kind: 'const', value: /^t/i.test(found) };
  if (found === 'none' || found === 'None') return { kind: 'const', value: null };
  return { kind: 'name', name: found };
}

function entry(c: Cursor): readonly [Expr, Expr] {
  const key = expression(c);
  c.take('operator', ':');
  return [key, expression(c)];
}

/** What stands between commas up to a closing bracket, which is taken. */
function between<T>(c: Cursor, end: string, one: (c: Cursor) => T): T[] {
  const out: T[] = [];
  while (!c.is('operator', end)) {
    if (out.length > 0) c.take('operator', ',');
    if (c.is('operator', end)) break;
    out.push(one(c));
  }
  c.take('operator', end);
  return out;
}

/** Members, items and calls behind a value. */
export function postfix(c: Cursor, value: Expr): Expr {
  let of = value;
  for (;;) {
    if (c.skip('operator', '.')) {
      if (c.is('integer')) of = { kind: 'item', of, at: { kind: 'const', value: Number(c.take('integer').value) } };
      else of = { kind: 'attribute', of, name: c.take('name').value };
    } else if (c.skip('operator', '[')) of = subscript(c, of);
    else if (c.is('operator', '(')) of = { kind: 'call', callee: of, args: callArgs(c) };
    else return of;
  }
}

function subscript(c: Cursor, of: Expr): Expr {
  const part = (): Expr | null => (c.is('operator', ':') || c.is('operator', ']') ? null : expression(c));
  const from = part();
  if (from !== null && c.is('operator', ',')) return lacks('an item under several keys');
  if (from !== null && c.skip('operator', ']')) return { kind: 'item', of, at: from };
  c.take('operator', ':');
  const to = part();
  const step = c.skip('operator', ':') ? part() : null;
  c.take('operator', ']');
  return { kind: 'slice', of, from, to, step };
}

/** The arguments of a call, with their brackets. */
export function callArgs(c: Cursor): Args {
  const plain: Expr[] = [];
  const named: (readonly [string, Expr])[] = [];
  let [spread, namedSpread]: (Expr | null)[] = [null, null];
  c.take('operator', '(');
  while (!c.is('operator', ')')) {
    if (plain.length + named.length > 0 || spread || namedSpread) {
      c.take('operator', ',');
      if (c.is('operator', ')')) break;
    }
    const next = c.peek(1);
    if (c.skip('operator', '**')) namedSpread = expression(c);
    else if (c.skip('operator', '*')) spread = expression(c);
    else if (c.is('name') && next?.kind === 'operator' && next.value === '=') {
      const key = c.take('name').value;
      c.take('operator', '=');
      named.push([key, expression(c)]);
    } else if (named.length > 0 || spread || namedSpread)
      throw new JinjaError('invalid syntax for function call expression');
    else plain.push(expression(c));
  }
  c.take('operator', ')');
  return { plain, named, spread: spread ?? null, namedSpread: namedSpread ?? null };
}

const NO_ARGS: Args = { plain: [], named: [], spread: null, namedSpread: null };

/** Filters, tests and calls behind a value. */
function filters(c: Cursor, value: Expr): Expr {
  let of = value;
  for (;;) {
    if (c.is('operator', '|')) of = filterChain(c, of) ?? of;
    else if (c.isName('is')) of = test(c, of);
    else if (c.is('operator', '(')) of = { kind: 'call', callee: of, args: callArgs(c) };
    else return of;
  }
}

/** Filters on a value, or, of a block, on its text (null). */
export function filterChain(c: Cursor, of: Expr | null, first = false): Expr | null {
  let [out, begun] = [of, first];
  while (begun || c.skip('operator', '|')) {
    begun = false;
    const called = dotted(c);
    out = { kind: 'filter', of: out, name: called, args: c.is('operator', '(') ? callArgs(c) : NO_ARGS };
  }
  return out;
}

function dotted(c: Cursor): string {
  let out = c.take('name').value;
  while (c.skip('operator', '.')) out += `.${c.take('name').value}`;
  return out;
}

function test(c: Cursor, of: Expr): Expr {
  c.take('name', 'is');
  const negated = c.skip('name', 'not');
  const called = dotted(c);
  const bare =
    (['name', 'string', 'integer', 'float'] as const).some((kind) => c.is(kind)) ||
    ['(', '[', '{'].some((b) => c.is('operator', b));
  let args = NO_ARGS;
  if (c.is('operator', '(')) args = callArgs(c);
  else if (bare && !c.isName('else', 'or', 'and')) {
    if (c.isName('is')) throw new JinjaError('You cannot chain multiple tests with is');
    args = { ...NO_ARGS, plain: [postfix(c, primary(c))] };
  }
  const found: Expr = { kind: 'test', of, name: called, args };
  return negated ? { kind: 'not', of: found } : found;
}
