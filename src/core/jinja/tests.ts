import { str } from './text.ts';
import {
  contains,
  equal,
  Float,
  Func,
  JinjaError,
  lacks,
  Markup,
  numeric,
  order,
  Seq,
  Stream,
  Undefined,
  whole,
  type Value,
} from './values.ts';

type Test = (value: Value, ...args: readonly Value[]) => boolean;

const cased = (text: string, same: string): boolean => text === same && text.toLowerCase() !== text.toUpperCase();
const equals: Test = (a, b = null) => equal(a, b);
const below: Test = (a, b = null) => order(a, b, '<') < 0;
const atMost: Test = (a, b = null) => order(a, b, '<=') <= 0;
const above: Test = (a, b = null) => order(a, b, '>') > 0;
const atLeast: Test = (a, b = null) => order(a, b, '>=') >= 0;
const unequal: Test = (a, b = null) => !equal(a, b);

/** Jinja2's tests. */
const TESTS: Readonly<Record<string, Test>> = {
  defined: (v) => !(v instanceof Undefined),
  undefined: (v) => v instanceof Undefined,
  none: (v) => v === null,
  boolean: (v) => typeof v === 'boolean',
  true: (v) => v === true,
  false: (v) => v === false,
  integer: (v) => typeof v === 'number',
  float: (v) => v instanceof Float,
  number: (v) => numeric(v) !== null,
  string: (v) => typeof v === 'string' || v instanceof Markup,
  mapping: (v) => v instanceof Map,
  iterable: (v) => sequence(v) || v instanceof Stream || v instanceof Seq,
  sequence: (v) => sequence(v),
  callable: (v) => v instanceof Func || v instanceof Undefined,
  odd: (v) => Math.abs(whole(v, 'odd') % 2) === 1,
  even: (v) => whole(v, 'even') % 2 === 0,
  divisibleby: (v, by = null) => whole(v, 'divisibleby') % whole(by, 'divisibleby') === 0,
  lower: (v) => cased(str(v), str(v).toLowerCase()),
  upper: (v) => cased(str(v), str(v).toUpperCase()),
  in: (v, container = null) => contains(container, v),
  sameas: (a, b = null) => (numeric(a) === null ? a === b : typeof a === typeof b && equal(a, b)),
  escaped: (v) => v instanceof Markup,
  ...{ eq: equals, equalto: equals, '==': equals, ne: unequal, '!=': unequal },
  ...{ lt: below, lessthan: below, '<': below, le: atMost, '<=': atMost },
  ...{ gt: above, greaterthan: above, '>': above, ge: atLeast, '>=': atLeast },
};

/** The tests that compare with another value. */
const TWO = new Set([
  ...['divisibleby', 'in', 'sameas', 'eq', 'equalto', '==', 'ne', '!=', 'lt', 'lessthan', '<'],
  ...['le', '<=', 'gt', 'greaterthan', '>', 'ge', '>='],
]);

function sequence(value: Value): boolean {
  if (value instanceof Seq) return value.kind !== 'view';
  const listed = typeof value === 'string' || Array.isArray(value) || value instanceof Map;
  return listed || value instanceof Markup || value instanceof Undefined;
}

/** @throws JinjaError for a test that neither Jinja2 nor Lookalike knows */
export function applyTest(name: string, value: Value, args: readonly Value[]): boolean {
  const test = Object.hasOwn(TESTS, name) ? TESTS[name] : undefined;
  if (test !== undefined) {
    const wanted = TWO.has(name) ? 1 : 0;
    if (args.length === wanted) return test(value, ...args);
    throw new JinjaError(`the test '${name}' takes ${wanted} argument(s), not ${args.length}`);
  }
  if (name === 'filter' || name === 'test') return lacks(`the test '${name}'`);
  throw new JinjaError(`No test named '${name}'.`);
}
