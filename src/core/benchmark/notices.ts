import type { Problem } from './types.ts';

/** What is told of many pairs in the same way. */
export interface Notices {
  /**
   * @param kind what notices have in common
   * @param message the sentence for this pair
   * @param all the sentence for many, with "It is so in N pairs" behind it; else the first pair's
   */
  add(kind: string, pair: string, place: string, message: string, all?: string): void;
  list(): Problem[];
}

/** Up to this many notices of one kind are told one by one. */
const FEW = 5;

/** Gathers warnings: each kind on its own for few pairs, and once for many. */
export function createNotices(few: (kind: string) => number = () => FEW): Notices {
  const kinds = new Map<string, { pair: string; place: string; message: string; all: string }[]>();
  return {
    add(kind, pair, place, message, all = message) {
      const list = kinds.get(kind) ?? [];
      list.push({ pair, place, message, all });
      kinds.set(kind, list);
    },
    list: () =>
      [...kinds].flatMap(([kind, uses]): Problem[] => {
        const [first] = uses;
        if (!first || uses.length === 1 || uses.length <= few(kind))
          return uses.map(({ pair, place, message }) => ({ pair, place, message, severity: 'warning' }));
        const pairs = new Set(uses.map((u) => u.pair)).size;
        const message = `${first.all} It is so in ${uses.length === pairs ? `${pairs} pairs` : `${uses.length} places of ${pairs} pairs`}, first in ${first.pair}.`;
        return [{ pair: null, place: first.place, message, severity: 'warning' }];
      }),
  };
}
