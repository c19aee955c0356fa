import { parseJson, plain } from './benchmark/nodes.ts';

/** Parsed JSON, looked into without trusting it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path of keys, and of indices of lists (from the end where negative); undefined where there is none. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let v: unknown = value;
  for (const key of path) {
    if (typeof key === 'number') v = Array.isArray(v) ? v.at(key) : undefined;
    else v = isObject(v) && Object.hasOwn(v, key) ? v[key] : undefined;
  }
  return v;
}

/** A finite number at a path, or the fallback. */
export function numberAt(value: unknown, path: readonly string[], fallback: number): number {
  const v = at(value, ...path);
  return typeof v === 'number' && Number.isFinite(v) ? v : fallback;
}

/** A string at a path, or the fallback. */
export function stringAt(value: unknown, path: readonly string[], fallback: string): string {
  const v = at(value, ...path);
  return typeof v === 'string' ? v : fallback;
}

export function integersAt(value: unknown, ...path: string[]): readonly number[] {
  const v = at(value, ...path);
  if (typeof v === 'number') return [v];
  return Array.isArray(v) ? v.filter((x): x is number => Number.isInteger(x)) : [];
}

/**
 * JSON as Python writes it: NaN, Infinity and -Infinity, which strict JSON lacks, are null.
 * @throws SyntaxError as JSON.parse does, where it is no JSON even so
 */
export function readJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (e) {
    const parsed = parseJson(text);
    if (parsed.ok) return plain(parsed.root);
    throw e;
  }
}
