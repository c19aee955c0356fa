import { expect, it } from 'vitest';
import type { FoundPairs } from '../../../src/app/find-pairs.ts';
import type { FoundPair } from '../../../src/core/discovery/pairs-csv.ts';
import type { Selection } from '../../../src/core/discovery/select.ts';
import { pairKey, takenPairs, type Taking } from '../../../src/ui/curate/taken.ts';

const LEFT = 12_345;
const images = Array.from({ length: LEFT + 1 }, (_, i) => ({
  path: `${i}.png`,
  sha256: '',
  caption: null,
  category: null,
}));
const select = (left: number): Selection => ({ left }) as Selection;

/** A page whose search has `LEFT` pairs; `asked` sees what is read. */
function pageOf(asked: (from: number, count: number) => void = () => undefined): {
  -readonly [K in keyof Taking]: Taking[K];
} {
  const page = (from: number, count: number) => {
    asked(from, count);
    return Promise.resolve(
      Array.from({ length: count }, (_, i) => ({ first: from + i, second: from + i + 1, med: 1, gen: 0 })),
    );
  };
  return { found: { images, search: { page } } as unknown as FoundPairs, selection: select(LEFT), chosen: new Set() };
}
const firsts = (pairs: readonly FoundPair[]): string[] => pairs.map((p) => p.image1);

it('every pair that is left is taken, in pieces of a few thousand', async () => {
  const counts: number[] = [];
  const pieces = await takenPairs(
    pageOf((_, count) => void counts.push(count)),
    firsts,
  );
  expect(pieces.flat()).toEqual(images.slice(0, LEFT).map((i) => i.path));
  expect(Math.max(...counts)).toBeLessThanOrEqual(5000);
});

it('chosen pairs alone are taken where there are some, and no more than is wanted', async () => {
  const [first] = (await takenPairs(pageOf(), (pairs) => pairs))[0] ?? [];
  const page = { ...pageOf(), chosen: new Set([first ? pairKey(first) : '']) };
  expect((await takenPairs(page, firsts)).flat()).toEqual(['0.png']);
  expect(await takenPairs(pageOf(), firsts, (pieces) => pieces.length === 1)).toHaveLength(1);
});

it('thresholds that are moved meanwhile begin it again, so that no list is half of each', async () => {
  const page = pageOf((from) => {
    if (from === 5000 && page.selection?.left === LEFT) page.selection = select(6000);
  });
  expect((await takenPairs(page, firsts)).flat()).toEqual(images.slice(0, 6000).map((i) => i.path));
});
