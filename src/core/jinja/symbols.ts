import type { Node, Target } from './ast.ts';

/**
 * The names that a template sets before it reads them at its top level. Until then they are undefined for all of it, whatever the template was given under
 * them: Jinja2 decides when it compiles where a name is kept (`FrameSymbolVisitor`). A name that only a branch sets keeps what was given.
 */
export function setBeforeRead(nodes: readonly Node[]): readonly string[] {
  const first = new Map<string, 'set' | 'read'>();
  const note = (names: readonly string[], what: 'set' | 'read'): void => {
    for (const name of names) if (!first.has(name)) first.set(name, what);
  };
  const assigned = (target: Target, what: 'set' | 'read'): void => {
    if (target.kind === 'targets') for (const one of target.items) assigned(one, what);
    else note([target.kind === 'member' ? target.of : target.name], target.kind === 'member' ? 'read' : what);
  };
  const walk = (list: readonly Node[], what: 'set' | 'read'): void => {
    for (const node of list) {
      if (node.kind === 'if') {
        note(namesIn(node.test), 'read');
        walk(node.body, 'read');
        walk(node.otherwise, 'read');
      } else if (node.kind === 'set') {
        note(namesIn(node.value), 'read');
        assigned(node.target, what);
      } else if (node.kind === 'set-block') assigned(node.target, what);
      else if (node.kind === 'macro') note([node.name], what);
      else note(namesIn(ownParts(node)), 'read');
    }
  };
  walk(nodes, 'set');
  return [...first].filter(([, what]) => what === 'set').map(([name]) => name);
}

/** What a node computes in the scope that it stands in; its body has one of its own. */
function ownParts(node: Node): unknown {
  switch (node.kind) {
    case 'write':
      return node.value;
    case 'for':
      return node.items;
    case 'with':
      return node.values.map(([, value]) => value);
    case 'filter-block':
      return node.filter;
    case 'call-block':
      return node.call;
    default:
      return null;
  }
}

/** Every name in a part of a template's tree. */
export function namesIn(tree: unknown): readonly string[] {
  if (Array.isArray(tree)) return tree.flatMap(namesIn);
  if (typeof tree !== 'object' || tree === null) return [];
  const node = tree as Readonly<Record<string, unknown>>;
  const own = node['kind'] === 'name' && typeof node['name'] === 'string' ? [node['name']] : [];
  return [...own, ...Object.values(node).flatMap(namesIn)];
}
