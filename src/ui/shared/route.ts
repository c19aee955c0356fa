/** Where one is in the page; the address holds it behind '#', so that any static host can serve it. */
export type Route =
  | { readonly name: 'start' }
  | { readonly name: 'models' }
  | { readonly name: 'servers' }
  | { readonly name: 'server'; readonly id: string }
  | { readonly name: 'benchmarks' }
  | { readonly name: 'benchmark'; readonly id: string }
  | { readonly name: 'reader'; readonly id: string }
  | { readonly name: 'plan' }
  | { readonly name: 'runs' }
  | { readonly name: 'run'; readonly id: string }
  | { readonly name: 'certificate'; readonly id: string }
  | { readonly name: 'judge'; readonly id: string }
  | { readonly name: 'item'; readonly id: string; readonly pair: string }
  | { readonly name: 'compare' }
  | { readonly name: 'prompts' }
  | { readonly name: 'curate' }
  | { readonly name: 'review' }
  | { readonly name: 'settings' }
  | { readonly name: 'unknown'; readonly path: string };

export interface Place {
  readonly route: Route;
  /** What stands behind '?': filters and choices, so that a link leads to the same view. */
  readonly query: Readonly<Record<string, string>>;
}

/** Reads the part of an address behind '#'. What names no page is `unknown`, never another page. */
export function readHash(hash: string): Place {
  const [path = '', search = ''] = hash.replace(/^#/, '').split('?', 2);
  const parts = path.split('/').filter((p) => p !== '');
  const decoded = parts.map(decode);
  const query = Object.fromEntries(new URLSearchParams(search));
  const route = decoded.includes(null) ? null : match(decoded.filter((p) => p !== null));
  return { route: route ?? { name: 'unknown', path }, query };
}

function match(parts: readonly string[]): Route | null {
  const [first, second, third, fourth] = parts;
  switch (parts.length) {
    case 0:
      return { name: 'start' };
    case 1:
      if (first === 'run') return { name: 'plan' };
      if (
        first === 'models' ||
        first === 'servers' ||
        first === 'benchmarks' ||
        first === 'runs' ||
        first === 'compare' ||
        first === 'prompts' ||
        first === 'curate' ||
        first === 'settings'
      )
        return { name: first };
      return null;
    case 2:
      if (first === 'runs' && second !== undefined) return { name: 'run', id: second };
      if (first === 'servers' && second !== undefined) return { name: 'server', id: second };
      if (first === 'curate' && second === 'review') return { name: 'review' };
      if (first === 'benchmarks' && second !== undefined) return { name: 'benchmark', id: second };
      return null;
    case 3:
      if (first === 'benchmarks' && second !== undefined && third === 'take') return { name: 'reader', id: second };
      return first === 'runs' && second !== undefined && (third === 'certificate' || third === 'judge')
        ? { name: third, id: second }
        : null;
    case 4:
      return first === 'runs' && second !== undefined && third === 'items' && fourth !== undefined
        ? { name: 'item', id: second, pair: fourth }
        : null;
    default:
      return null;
  }
}

function decode(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null; // a broken escape names nothing
  }
}

/** The address of a page. */
export function hrefOf(
  route: Exclude<Route, { name: 'unknown' }>,
  query: Readonly<Record<string, string>> = {},
): string {
  const search = new URLSearchParams(query).toString();
  return `#/${pathOf(route)}${search === '' ? '' : `?${search}`}`;
}

function pathOf(route: Exclude<Route, { name: 'unknown' }>): string {
  const e = encodeURIComponent;
  switch (route.name) {
    case 'start':
      return '';
    case 'plan':
      return 'run';
    case 'review':
      return 'curate/review';
    case 'server':
      return `servers/${e(route.id)}`;
    case 'benchmark':
      return `benchmarks/${e(route.id)}`;
    case 'reader':
      return `benchmarks/${e(route.id)}/take`;
    case 'run':
      return `runs/${e(route.id)}`;
    case 'certificate':
    case 'judge':
      return `runs/${e(route.id)}/${route.name}`;
    case 'item':
      return `runs/${e(route.id)}/items/${e(route.pair)}`;
    default:
      return route.name;
  }
}
