import type { State } from './decoder.ts';

/** Keeps what may be used again, up to a budget; the least recently used goes first. A miss costs time, never a failure. */
export interface LruCache<T> {
  get(key: string): T | null;
  put(key: string, value: T): void;
  has(key: string): boolean;
  values(): readonly T[];
  clear(): void;
}
export type StateCache = LruCache<State>;

/**
 * @param budget in whatever `weigh` counts; the newest entry is kept even when it alone exceeds the budget, since it is in use
 * @param release called for each entry that goes
 */
export function createLru<T>(budget: number, weigh: (value: T) => number, release: (value: T) => void): LruCache<T> {
  const entries = new Map<string, T>();
  let total = 0;
  function drop(key: string): void {
    const value = entries.get(key);
    if (value === undefined) return;
    entries.delete(key);
    total -= weigh(value);
    release(value);
  }
  return {
    get: (key) => {
      const value = entries.get(key);
      if (value === undefined) return null;
      entries.delete(key);
      entries.set(key, value);
      return value;
    },
    put: (key, value) => {
      drop(key);
      entries.set(key, value);
      total += weigh(value);
      for (const old of [...entries.keys()]) {
        if (total <= budget || entries.size === 1) break;
        if (old !== key) drop(old);
      }
    },
    has: (key) => entries.has(key),
    values: () => [...entries.values()],
    clear: () => {
      for (const key of [...entries.keys()]) drop(key);
    },
  };
}
