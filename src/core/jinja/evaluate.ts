import type { Args, Expr } from './ast.ts';
import { applyFilter } from './filters.ts';
import { inputOf, type Upon } from './input.ts';
import { attribute, item } from './lookup.ts';
import { compare, compute, sliced } from './operators.ts';
import type { Scope } from './scope.ts';
import { applyTest } from './tests.ts';
import { str } from './text.ts';
import {
  Float,
  Func,
  iterate,
  JinjaError,
  lacks,
  numeric,
  truth,
  tuple,
  typeName,
  Undefined,
  whole,
  type Value,
} from './values.ts';

/**
 * What an expression is worth in a scope.
 * @throws JinjaError where Jinja2 would raise, or for what Lookalike lacks
 */
export function evaluate(e: Expr, scope: Scope): Value {
  const of = (part: Expr): Value => evaluate(part, scope);
  switch (e.kind) {
    case 'const':
      return e.value;
    case 'name':
      return scope.get(e.name);
    case 'list':
      return e.items.map(of);
    case 'tuple':
      return tuple(...e.items.map(of));
    case 'dict':
      return dict(e.items.map(([key, value]) => [of(key), of(value)]));
    case 'attribute':
      return attribute(of(e.of), e.name);
    case 'item':
      return item(of(e.of), of(e.at));
    case 'slice': {
      const place = (part: Expr | null): number | null => {
        const value = part === null ? null : of(part);
        return value === null ? null : whole(value, 'slice');
      };
      return sliced(of(e.of), place(e.from), place(e.to), place(e.step) ?? 1);
    }
    case 'call':
      return call(of(e.callee), e.args, scope);
    case 'filter':
      return filtered(e, e.of === null ? null : of(e.of), scope);
    case 'test':
      return applyTest(e.name, of(e.of), given(e.args, scope).args);
    default:
      return operation(e, of);
  }
}

type Operation = Extract<
  Expr,
  { readonly kind: 'not' | 'minus' | 'plus' | 'and' | 'or' | 'binary' | 'concat' | 'compare' | 'if' }
>;

function operation(e: Operation, of: (part: Expr) => Value): Value {
  switch (e.kind) {
    case 'not':
      return !truth(of(e.of));
    case 'minus':
    case 'plus':
      return signed(of(e.of), e.kind === 'minus' ? -1 : 1);
    case 'and': {
      const left = of(e.left);
      return truth(left) ? of(e.right) : left;
    }
    case 'or': {
      const left = of(e.left);
      return truth(left) ? left : of(e.right);
    }
    case 'binary':
      return compute(e.sign, of(e.left), of(e.right));
    case 'concat':
      return e.items.map((part) => str(of(part))).join('');
    case 'compare': {
      let left = of(e.first);
      for (const [sign, part] of e.rest) {
        const right = of(part);
        if (!compare(sign, left, right)) return false;
        left = right;
      }
      return true;
    }
    case 'if':
      if (truth(of(e.test))) return of(e.then);
      return e.otherwise === null
        ? new Undefined('an inline if-expression was false and has no else')
        : of(e.otherwise);
  }
}

function signed(value: Value, sign: 1 | -1): Value {
  if (value instanceof Undefined) throw new JinjaError(value.why);
  const number = numeric(value);
  if (number === null) throw new JinjaError(`bad operand type for unary ${sign < 0 ? '-' : '+'}: '${typeName(value)}'`);
  return value instanceof Float ? new Float(sign * number) : sign * number + 0;
}

/** A dict of entries of which a later one replaces an earlier one of the same key. */
function dict(entries: readonly (readonly [Value, Value])[]): Value {
  const out = new Map<Value, Value>();
  for (const [key, value] of entries) {
    const plain = key === null || typeof key === 'string' || typeof key === 'number' || typeof key === 'boolean';
    if (!plain) return lacks(`a ${typeName(key)} as a key`);
    // Python takes 1 and True for the same key.
    if ((typeof key === 'boolean' && out.has(Number(key))) || (typeof key === 'number' && out.has(key === 1)))
      return lacks('a dict with numbers and truths as keys');
    out.set(key, value);
  }
  return out;
}

/** Calls a function, macro or method. */
export function call(callee: Value, args: Args, scope: Scope, more: readonly (readonly [string, Value])[] = []): Value {
  if (callee instanceof Undefined) throw new JinjaError(callee.why);
  if (!(callee instanceof Func)) throw new JinjaError(`'${typeName(callee)}' object is not callable`);
  const { args: plain, named } = given(args, scope);
  return callee.call(plain, new Map([...named, ...more]));
}

function given(
  { plain, named, spread, namedSpread }: Args,
  scope: Scope,
): { readonly args: Value[]; readonly named: Map<string, Value> } {
  const of = (e: Expr): Value => evaluate(e, scope);
  const names = new Map(named.map(([name, e]) => [name, of(e)]));
  const more = namedSpread === null ? new Map<Value, Value>() : of(namedSpread);
  if (!(more instanceof Map)) throw new JinjaError(`argument after ** must be a mapping, not ${typeName(more)}`);
  for (const [name, value] of more) names.set(str(name), value);
  return { args: [...plain.map(of), ...(spread === null ? [] : iterate(of(spread)))], named: names };
}

const UPON: Upon = {
  item,
  filter: (name, value, args, named) => applyFilter(name, value, inputOf(name, args, named, UPON)),
  test: applyTest,
};

/** A filter's value; `value` is what is filtered. */
function filtered(e: Extract<Expr, { readonly kind: 'filter' }>, value: Value, scope: Scope): Value {
  const { args, named } = given(e.args, scope);
  return UPON.filter(e.name, value, args, named);
}

/** A chain of filters on the text of a block. */
export function filterText(chain: Expr | null, text: string, scope: Scope): string {
  if (chain === null) return text;
  if (chain.kind !== 'filter') throw new JinjaError('a block is filtered by filters only');
  const inner = filterText(chain.of, text, scope);
  return str(filtered(chain, inner, scope));
}
