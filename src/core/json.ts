/** Parsed JSON, looked into without trusting it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path of keys, or undefined. */
export function at(value: unknown, ...path: string[]): unknown {
  let v: unknown = value;
  for (const key of path) {
    if (!isObject(v)) return undefined;
    v = v[key];
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
