import { float } from './text.ts';
import { Float, JinjaError, Seq, typeName, type Value } from './values.ts';

/** Options of Python's `json.dumps`. */
export interface JsonOptions {
  /** What stands for one level; null: all on one line. */
  readonly indent: string | null;
  readonly ascii: boolean;
  readonly separators: readonly [string, string] | null;
  readonly sorted: boolean;
}

/** Python's `json.dumps`. */
export function toJson(value: Value, options: JsonOptions, before = ''): string {
  const { indent, separators } = options;
  const [comma, colon] = separators ?? [indent === null ? ', ' : ',', ': '];
  const inner = before + (indent ?? '');
  const inside = (parts: readonly string[], open: string, close: string): string => {
    if (parts.length === 0) return open + close;
    if (indent === null) return open + parts.join(comma) + close;
    return `${open}\n${inner}${parts.join(`${comma}\n${inner}`)}\n${before}${close}`;
  };
  if (value === null) return 'null';
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (value instanceof Float) return number(value.value);
  if (typeof value === 'string') return quoted(value, options.ascii);
  const items = Array.isArray(value) ? value : value instanceof Seq && value.kind === 'tuple' ? value.items : null;
  if (items !== null)
    return inside(
      items.map((v) => toJson(v, options, inner)),
      '[',
      ']',
    );
  if (value instanceof Map) {
    const keyed = [...value].map(([k, v]) => [keyOf(k), v] as const);
    const entries = options.sorted ? keyed.toSorted(([a], [b]) => (a < b ? -1 : 1)) : keyed;
    return inside(
      entries.map(([k, v]) => `${quoted(k, options.ascii)}${colon}${toJson(v, options, inner)}`),
      '{',
      '}',
    );
  }
  throw new JinjaError(`Object of type ${typeName(value)} is not JSON serializable`);
}

function number(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? float(value) : value > 0 ? 'Infinity' : '-Infinity';
}

function keyOf(key: Value): string {
  if (typeof key === 'string') return key;
  if (key === null || typeof key === 'boolean' || typeof key === 'number') return String(key);
  if (key instanceof Float) return number(key.value);
  throw new JinjaError(`keys must be str, int, float, bool or None, not ${typeName(key)}`);
}

function quoted(text: string, ascii: boolean): string {
  const escape = (c: string): string => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  // JSON.stringify also escapes halves of characters, as Python does not.
  const out = JSON.stringify(text).replace(/\\u(d[89a-f][\da-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  return ascii ? out.replace(/[\x7f-\uffff]/g, escape) : out;
}
