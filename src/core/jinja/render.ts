import type { Macro, Node, Target } from './ast.ts';
import { call, evaluate, filterText } from './evaluate.ts';
import type { Scope } from './scope.ts';
import { namesIn } from './symbols.ts';
import { str } from './text.ts';
import { equal, func, iterate, JinjaError, Seq, Space, truth, Undefined, type Named, type Value } from './values.ts';

/** How a list of nodes ended: to its end, or at a `break` or `continue`. */
type End = 'end' | 'break' | 'continue';

/**
 * Writes nodes out.
 * @throws JinjaError
 */
export function render(nodes: readonly Node[], scope: Scope): string {
  const out: string[] = [];
  if (run(nodes, scope, out) !== 'end') throw new JinjaError("'break' or 'continue' outside of a loop");
  return out.join('');
}

function run(nodes: readonly Node[], scope: Scope, out: string[]): End {
  for (const node of nodes) {
    const end = step(node, scope, out);
    if (end !== 'end') return end;
  }
  return 'end';
}

function step(node: Node, scope: Scope, out: string[]): End {
  switch (node.kind) {
    case 'text':
      out.push(node.text);
      return 'end';
    case 'write':
      out.push(str(evaluate(node.value, scope)));
      return 'end';
    case 'if':
      return run(truth(evaluate(node.test, scope)) ? node.body : node.otherwise, scope, out);
    case 'for':
      return loop(node, scope, out);
    case 'set':
      assign(node.target, evaluate(node.value, scope), scope);
      return 'end';
    case 'set-block':
      assign(node.target, filterText(node.filter, render(node.body, scope.inner()), scope), scope);
      return 'end';
    case 'filter-block':
      out.push(filterText(node.filter, render(node.body, scope.inner()), scope));
      return 'end';
    case 'with': {
      const inner = scope.inner();
      const values = node.values.map(([target, value]) => [target, evaluate(value, scope)] as const);
      for (const [target, value] of values) assign(target, value, inner);
      return run(node.body, inner, out);
    }
    case 'scope':
      out.push(render(node.body, scope.inner()));
      return 'end';
    case 'macro':
      scope.set(node.name, macro(node, scope));
      return 'end';
    case 'call-block':
      out.push(callBlock(node, scope));
      return 'end';
    default:
      return node.kind;
  }
}

function callBlock(node: Extract<Node, { readonly kind: 'call-block' }>, scope: Scope): string {
  if (node.call.kind !== 'call') return '';
  const caller = macro(node.caller, scope);
  return str(call(evaluate(node.call.callee, scope), node.call.args, scope, [['caller', caller]]));
}

function loop(node: Extract<Node, { readonly kind: 'for' }>, scope: Scope, out: string[]): End {
  const items = iterate(evaluate(node.items, scope)).filter((value) => {
    if (node.test === null) return true;
    const inner = scope.inner();
    assign(node.target, value, inner);
    return truth(evaluate(node.test, inner));
  });
  const changed: { last: readonly Value[] | null } = { last: null };
  // A first turn that is broken off does not count, as in Jinja2.
  let none = true;
  for (const [i, value] of items.entries()) {
    const inner = scope.inner();
    inner.set('loop', about(items, i, changed));
    assign(node.target, value, inner);
    const end = run(node.body, inner, out);
    if (end === 'break') break;
    if (end === 'end') none = false;
  }
  return none ? run(node.otherwise, scope.inner(), out) : 'end';
}

/** What `loop` says. */
function about(items: readonly Value[], i: number, changed: { last: readonly Value[] | null }): Space {
  const beside = (at: number, which: string): Value =>
    items[at] ?? (at in items ? null : new Undefined(`there is no ${which} item`));
  return new Space(
    'loop',
    new Map<string, Value>([
      ['index', i + 1],
      ['index0', i],
      ['revindex', items.length - i],
      ['revindex0', items.length - i - 1],
      ['first', i === 0],
      ['last', i === items.length - 1],
      ['length', items.length],
      ['depth', 1],
      ['depth0', 0],
      ['previtem', beside(i - 1, 'previous')],
      ['nextitem', beside(i + 1, 'next')],
      ['cycle', func((args) => args[i % args.length] ?? null)],
      [
        'changed',
        func((args) => {
          const before = changed.last;
          changed.last = args;
          return before === null || !equal([...before], [...args]);
        }),
      ],
    ]),
  );
}

function assign(target: Target, value: Value, scope: Scope): void {
  if (target.kind === 'name') scope.set(target.name, value);
  else if (target.kind === 'member') {
    const space = scope.get(target.of);
    if (!(space instanceof Space) || space.kind !== 'namespace')
      throw new JinjaError('cannot assign attribute on non-namespace object');
    space.values.set(target.name, value);
  } else {
    const values = iterate(value);
    if (values.length < target.items.length)
      throw new JinjaError(`not enough values to unpack (expected ${target.items.length}, got ${values.length})`);
    if (values.length > target.items.length)
      throw new JinjaError(`too many values to unpack (expected ${target.items.length})`);
    for (const [i, one] of target.items.entries()) assign(one, values[i] ?? null, scope);
  }
}

/** A macro: a function that writes its body in a scope within the one that it stands in. */
function macro(node: Macro, scope: Scope): Value {
  const names = node.parameters.map((p) => p.name);
  const read = namesIn(node.body);
  const [more, byName] = ['varargs', 'kwargs'].map((name) => read.includes(name) && !names.includes(name));
  return func((args, named) => {
    const inner = scope.inner();
    const extra = [...named].filter(([name]) => !names.includes(name) && name !== 'caller');
    if (args.length > names.length && more !== true)
      throw new JinjaError(`macro '${node.name}' takes not more than ${names.length} argument(s)`);
    const [stray] = extra;
    if (stray !== undefined && byName !== true)
      throw new JinjaError(`macro '${node.name}' takes no keyword argument '${stray[0]}'`);
    bind(node, args, named, inner);
    if (more === true) inner.set('varargs', new Seq('tuple', args.slice(names.length)));
    if (byName === true) inner.set('kwargs', new Map(extra));
    inner.set('caller', named.get('caller') ?? new Undefined('No caller defined'));
    return render(node.body, inner);
  });
}

function bind({ name, parameters }: Macro, args: readonly Value[], named: Named, inner: Scope): void {
  for (const [i, parameter] of parameters.entries()) {
    const given = i < args.length ? args[i] : named.get(parameter.name);
    if (i < args.length && named.has(parameter.name))
      throw new JinjaError(`macro '${name}' got multiple values for argument '${parameter.name}'`);
    if (given !== undefined) inner.set(parameter.name, given);
    else if (parameter.fallback !== null) inner.set(parameter.name, evaluate(parameter.fallback, inner));
    else inner.set(parameter.name, new Undefined(`parameter '${parameter.name}' was not provided`));
  }
}
