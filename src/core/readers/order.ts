import type { ImageIndex, Pair } from '../benchmark/types.ts';
import { uniform } from '../statistics/interval.ts';

/** One question as a reader meets it: one image of a pair. */
export interface Asked {
  readonly pair: string;
  readonly image: ImageIndex;
}

/** Fisher and Yates, by a seeded generator. */
function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const all = [...items];
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const [a, b] = [all[i], all[j]];
    if (a !== undefined && b !== undefined) [all[i], all[j]] = [b, a];
  }
  return all;
}

/**
 * Every question once, in an order that the seed decides. The two images of a pair are at least half as many questions apart as there are pairs: one of
 * them, by chance, comes in the first pass, the other in the second, and both passes shuffle the same two halves.
 */
export function readingOrder(pairs: readonly Pick<Pair, 'id'>[], seed: number): readonly Asked[] {
  const random = uniform(seed);
  const all = shuffled(pairs, random).map(({ id }): readonly [Asked, Asked] => {
    const first: ImageIndex = random() < 0.5 ? 1 : 2;
    return [
      { pair: id, image: first },
      { pair: id, image: first === 1 ? 2 : 1 },
    ];
  });
  const half = Math.ceil(all.length / 2);
  const second = [all.slice(0, half), all.slice(half)].flatMap((part) => shuffled(part, random));
  return [...all.map(([one]) => one), ...second.map(([, two]) => two)];
}

/** A few pairs by chance, for a stage. */
export function somePairs<P extends Pick<Pair, 'id'>>(pairs: readonly P[], count: number, seed: number): readonly P[] {
  return shuffled(pairs, uniform(seed)).slice(0, count);
}
