import { Float, lacks, Markup, Seq, typeName, Undefined, type Value } from './values.ts';

/** What Python's `str.isspace` and `\s` take for white space: not the same as JavaScript's. */
export const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

/** A value as `{{ }}` and `~` write it: Python's `str`. */
export function str(value: Value): string {
  if (typeof value === 'string') return value;
  if (value instanceof Markup) return value.text;
  return value instanceof Undefined ? '' : repr(value);
}

/** Python's `repr`. */
export function repr(value: Value): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value + 0) : lacks('a number beyond 2^53');
  if (value instanceof Float) return float(value.value);
  if (typeof value === 'string') return quoted(value);
  if (value instanceof Undefined) return 'Undefined';
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  if (value instanceof Map) return `{${[...value].map(([k, v]) => `${repr(k)}: ${repr(v)}`).join(', ')}}`;
  if (value instanceof Seq && value.kind === 'tuple' && value.names.length === 0)
    return `(${value.items.map(repr).join(', ')}${value.items.length === 1 ? ',' : ''})`;
  return lacks(`writing out a ${typeName(value)}`);
}

/** A float as Python writes it: the shortest digits, with an exponent below 1e-4 and from 1e16. */
export function float(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const [digits = '', power = ''] = value.toExponential().split('e');
  const exponent = Number(power);
  if (value !== 0 && (exponent < -4 || exponent >= 16))
    return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  if (Number.isInteger(value)) return `${BigInt(value)}.0`;
  return exponent < 0 ? value.toFixed(digits.replace(/[-.]/g, '').length - 1 - exponent) : String(value);
}

const SHORT: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function quoted(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inside = [...text].map((c) => {
    const short = c === mark ? `\\${mark}` : SHORT[c];
    if (short !== undefined) return short;
    if (c === ' ' || !/[\p{C}\p{Z}]/u.test(c)) return c;
    const code = c.codePointAt(0) ?? 0;
    const [sign, width] = code < 0x100 ? ['x', 2] : code < 0x10000 ? ['u', 4] : (['U', 8] as const);
    return `\\${sign}${code.toString(16).padStart(width, '0')}`;
  });
  return `${mark}${inside.join('')}${mark}`;
}

/** Python's `strip`: white space, or any of the characters given, at the ends named. */
export function strip(text: string, chars: string | null, ends: 'both' | 'left' | 'right' = 'both'): string {
  const of =
    chars === null ? `[${SPACE}]` : `[${[...chars].map((c) => `\\u{${c.codePointAt(0)?.toString(16)}}`).join('')}]`;
  if (chars === '') return text;
  const left = ends === 'right' ? text : text.replace(new RegExp(`^${of}+`, 'u'), '');
  if (ends === 'left') return left;
  const points = [...left];
  const one = new RegExp(`^${of}$`, 'u');
  const end = points.findLastIndex((c) => !one.test(c)) + 1;
  return points.slice(0, end).join('');
}

/** What ends a line for Python's `splitlines`. */
const LINE_ENDS = '\\n\\r\\v\\f\\x1c-\\x1e\\x85\\u2028\\u2029';
const LINES = new RegExp(`[^${LINE_ENDS}]*(?:\\r\\n|[${LINE_ENDS}])|[^${LINE_ENDS}]+$`, 'gu');
const LINE_END = new RegExp(`(?:\\r\\n|[${LINE_ENDS}])$`, 'u');

/** Python's `splitlines`. */
export function splitLines(text: string, keepEnds = false): string[] {
  const lines = text.match(LINES) ?? [];
  return keepEnds ? lines : lines.map((line) => line.replace(LINE_END, ''));
}

/** Python's `str.title`: every run of letters begins with a capital. */
export function titled(text: string): string {
  return text.replace(/\p{L}+/gu, (run) => capitalized(run));
}

/** Python's `str.capitalize`. */
export function capitalized(text: string): string {
  const [first = '', ...rest] = text;
  return first.toUpperCase() + rest.join('').toLowerCase();
}
