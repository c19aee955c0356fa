import { Undefined, type Value } from './values.ts';

/** The names that a part of a template knows. What a part sets is its own and ends with it. */
export interface Scope {
  get(name: string): Value;
  set(name: string, value: Value): void;
  /** A scope within this one. */
  inner(): Scope;
}

export function scopeOf(values: Map<string, Value>, outer: Scope | null = null): Scope {
  const scope: Scope = {
    get: (name) => {
      const found = values.get(name);
      if (found !== undefined) return found;
      return outer === null ? new Undefined(`'${name}' is undefined`) : outer.get(name);
    },
    set: (name, value) => {
      values.set(name, value);
    },
    inner: () => scopeOf(new Map(), scope),
  };
  return scope;
}
