import type { Expr, Macro, Node, Parameter, Target } from './ast.ts';
import { cursorOf, type Cursor } from './cursor.ts';
import { callArgs, expression, filterChain, plainTuple, postfix, tuple } from './expressions.ts';
import { tokenize } from './lexer.ts';
import { JinjaError, lacks } from './values.ts';

/** Tags of Jinja that no chat template needs. */
const LACKING = new Set([
  'block',
  'extends',
  'include',
  'import',
  'from',
  'autoescape',
  'print',
  'trans',
  'do',
  'debug',
]);

/**
 * Reads a chat template.
 * @throws JinjaError for one that is broken or uses what Lookalike lacks
 */
export function parse(template: string): readonly Node[] {
  const c = cursorOf(tokenize(template));
  const nodes = body(c, []);
  if (c.peek() !== undefined) c.unexpected();
  return nodes;
}

/** Nodes up to a tag of one of these names, whose name is the next token; up to the end where none is given. */
function body(c: Cursor, ends: readonly string[]): readonly Node[] {
  const out: Node[] = [];
  for (;;) {
    if (c.peek() === undefined) {
      if (ends.length === 0) return out;
      throw new JinjaError(`unexpected end of template, expected '${ends.join("' or '")}'`);
    }
    if (c.is('text')) out.push({ kind: 'text', text: c.take('text').value });
    else if (c.skip('open', '{{')) {
      out.push({ kind: 'write', value: tuple(c) });
      c.take('close', '}}');
    } else {
      c.take('open', '{%');
      if (c.isName(...ends)) return out;
      out.push(tag(c, c.take('name').value));
    }
  }
}

/** The nodes of a block whose tag has just been read, with its end. */
function block(c: Cursor, end: string): readonly Node[] {
  c.take('close', '%}');
  const nodes = body(c, [end]);
  c.take('name', end);
  c.take('close', '%}');
  return nodes;
}

function tag(c: Cursor, name: string): Node {
  switch (name) {
    case 'if':
      return condition(c);
    case 'for':
      return loop(c);
    case 'set':
      return assignment(c);
    case 'macro': {
      const called = c.take('name').value;
      return macro(c, called, parameters(c), 'endmacro');
    }
    case 'call':
      return callBlock(c);
    case 'filter': {
      const filter = filterChain(c, null, true);
      return filter === null ? c.unexpected() : { kind: 'filter-block', filter, body: block(c, 'endfilter') };
    }
    case 'with':
      return withBlock(c);
    case 'generation':
      return { kind: 'scope', body: block(c, 'endgeneration') };
    case 'break':
    case 'continue':
      c.take('close', '%}');
      return { kind: name };
    default:
      if (LACKING.has(name)) return lacks(`the tag '${name}'`);
      throw new JinjaError(`Encountered unknown tag '${name}'`);
  }
}

function condition(c: Cursor): Node {
  const test = plainTuple(c);
  c.take('close', '%}');
  const nodes = body(c, ['elif', 'else', 'endif']);
  if (c.skip('name', 'elif')) return { kind: 'if', test, body: nodes, otherwise: [condition(c)] };
  const otherwise = c.skip('name', 'else') ? elseBlock(c, 'endif') : [];
  c.take('name', 'endif');
  c.take('close', '%}');
  return { kind: 'if', test, body: nodes, otherwise };
}

function elseBlock(c: Cursor, end: string): readonly Node[] {
  c.take('close', '%}');
  return body(c, [end]);
}

function loop(c: Cursor): Node {
  const target = targetOf(c, ['in']);
  c.take('name', 'in');
  const items = plainTuple(c, ['recursive']);
  const test = c.skip('name', 'if') ? expression(c) : null;
  if (c.isName('recursive')) lacks('a recursive loop');
  c.take('close', '%}');
  const nodes = body(c, ['endfor', 'else']);
  const otherwise = c.skip('name', 'else') ? elseBlock(c, 'endfor') : [];
  c.take('name', 'endfor');
  c.take('close', '%}');
  return { kind: 'for', target, items, test, body: nodes, otherwise };
}

function assignment(c: Cursor): Node {
  const target = targetOf(c, []);
  if (c.skip('operator', '=')) {
    const value = tuple(c);
    c.take('close', '%}');
    return { kind: 'set', target, value };
  }
  const filter = filterChain(c, null);
  return { kind: 'set-block', target, filter, body: block(c, 'endset') };
}

function withBlock(c: Cursor): Node {
  const values: (readonly [Target, Expr])[] = [];
  while (!c.is('close')) {
    if (values.length > 0) c.take('operator', ',');
    const target = oneTarget(c);
    c.take('operator', '=');
    values.push([target, expression(c)]);
  }
  return { kind: 'with', values, body: block(c, 'endwith') };
}

function callBlock(c: Cursor): Node {
  const given = c.is('operator', '(') ? parameters(c) : [];
  const call = postfix(c, { kind: 'name', name: c.take('name').value });
  if (call.kind !== 'call') throw new JinjaError('expected call');
  return { kind: 'call-block', call, caller: macro(c, 'caller', given, 'endcall') };
}

function macro(c: Cursor, name: string, given: readonly Parameter[], end: string): Macro {
  return { kind: 'macro', name, parameters: given, body: block(c, end) };
}

/** The parameters of a macro, with their brackets. */
function parameters(c: Cursor): readonly Parameter[] {
  const out: Parameter[] = [];
  const { plain, named, spread, namedSpread } = callArgs(c);
  if (spread !== null || namedSpread !== null) throw new JinjaError('a macro takes no * or ** parameters');
  for (const value of plain) {
    if (value.kind !== 'name') throw new JinjaError('a parameter of a macro is not a name');
    out.push({ name: value.name, fallback: null });
  }
  for (const [name, fallback] of named) out.push({ name, fallback });
  return out;
}

/** What is assigned to: a name, a member of a namespace, or several. */
function targetOf(c: Cursor, ends: readonly string[]): Target {
  const items: Target[] = [];
  let many = false;
  for (;;) {
    items.push(oneTarget(c));
    if (!c.skip('operator', ',')) break;
    many = true;
    if (c.is('close') || c.is('operator', '=') || c.isName(...ends)) break;
  }
  const [first] = items;
  return many || first === undefined ? { kind: 'targets', items } : first;
}

function oneTarget(c: Cursor): Target {
  if (c.skip('operator', '(')) {
    const inside = targetOf(c, []);
    c.take('operator', ')');
    return inside;
  }
  const name = c.take('name').value;
  if (c.skip('operator', '.')) return { kind: 'member', of: name, name: c.take('name').value };
  return { kind: 'name', name };
}
