import { describe, expect, it } from 'vitest';
import { imageFacts } from '../../../src/core/discovery/facts.ts';
import { cellOf, CELLS, countWithin, EDGES, emptyHistogram } from '../../../src/core/discovery/histogram.ts';
import { chanceOf, NO_FILTERS, rowAt, selectPairs, type SelectRequest } from '../../../src/core/discovery/select.ts';

const pairs: readonly (readonly [number, number, number, number])[] = [
  [0, 1, 0.95, 0.2],
  [0, 2, 0.91, 0.7],
  [1, 2, 0.99, 0.1],
  [0, 3, 0.92, 0.3],
  [2, 3, 0.9, 0.75],
  [3, 4, 0.899, 0.1],
  [1, 4, 0.95, 0.751],
];
const columns = {
  first: Uint32Array.from(pairs, (p) => p[0]),
  second: Uint32Array.from(pairs, (p) => p[1]),
  med: Float32Array.from(pairs, (p) => p[2]),
  gen: Float32Array.from(pairs, (p) => p[3]),
};
const request: SelectRequest = {
  thresholds: { med: 0.9, gen: 0.75 },
  order: 'gap',
  seed: 0,
  filters: NO_FILTERS,
  facts: null,
};
const chosen = (change: Partial<SelectRequest>): string[] => {
  const { kept } = selectPairs(columns, { ...request, ...change });
  return [...kept].map((p) => `${rowAt(columns, p).first}-${rowAt(columns, p).second}`);
};

describe('selectPairs', () => {
  it('takes pairs at the thresholds and within them, the widest gap first', () => {
    expect(chosen({})).toEqual(['1-2', '0-1', '0-3', '0-2', '2-3']);
  });
  it('sorts by similarity', () => {
    expect(chosen({ order: 'med' })).toEqual(['1-2', '0-1', '0-3', '0-2', '2-3']);
  });
  it('draws the same pairs for the same seed, in whatever order they were found', () => {
    const order = [...pairs].reverse();
    const turned = {
      first: Uint32Array.from(order, (p) => p[0]),
      second: Uint32Array.from(order, (p) => p[1]),
      med: Float32Array.from(order, (p) => p[2]),
      gen: Float32Array.from(order, (p) => p[3]),
    };
    const drawn = [...selectPairs(turned, { ...request, order: 'chance', seed: 7 }).kept].map(
      (p) => `${rowAt(turned, p).first}-${rowAt(turned, p).second}`,
    );
    expect(drawn).toEqual(chosen({ order: 'chance', seed: 7 }));
    const seeds = new Set(Array.from({ length: 20 }, (_, seed) => chosen({ order: 'chance', seed })[0]));
    expect(seeds.size).toBeGreaterThan(2);
  });
  it('gives chances evenly', () => {
    const draws = Array.from({ length: 4000 }, (_, i) => chanceOf(3, i % 63, 63 + Math.floor(i / 63)));
    for (const cut of [0.1, 0.5, 0.9]) expect(draws.filter((d) => d < cut).length / 4000).toBeCloseTo(cut, 1);
  });
  it('leaves pairs out for the first reason that holds, and says how many for which', () => {
    const long = 'x'.repeat(120);
    const image = (n: number, caption: string | null, figure: string | null, category: string) => ({
      sha256: String(n),
      caption,
      figure,
      category,
    });
    const facts = imageFacts([
      image(0, long, 'PMC1 F1', 'a'),
      image(1, `${long}1`, 'PMC1 F1', 'a'),
      image(1, ` ${long.toUpperCase()} `, null, 'a'),
      image(3, 'short', null, 'b'),
      image(4, null, null, 'b'),
    ]);
    const filters = { ...NO_FILTERS, sameFigure: true, sameCaption: true, minCaption: 100, sameCategory: true };
    const { dropped, found, left } = selectPairs(columns, { ...request, facts, filters });
    expect(found).toBe(5);
    expect(dropped).toMatchObject({ 'same-image': 1, 'same-figure': 1, 'same-caption': 1, 'short-caption': 2 });
    expect(left).toBe(0);
  });
  it('lets an image into no more pairs than the cap, the best first', () => {
    const { dropped, mostOfOne, images } = selectPairs(columns, { ...request, filters: { ...NO_FILTERS, cap: 1 } });
    expect(chosen({ filters: { ...NO_FILTERS, cap: 1 } })).toEqual(['1-2', '0-3']);
    expect([dropped.cap, mostOfOne, images]).toEqual([3, 1, 4]);
  });
});

describe('the histogram', () => {
  it('puts each edge into the cell that begins there, and what is below into the one before', () => {
    for (let i = 0; i < CELLS; i++) {
      const edge = EDGES[i] ?? 0;
      expect(cellOf(edge)).toBe(i);
      expect(cellOf(edge - 1e-6)).toBe(Math.max(0, i - 1));
    }
    expect([cellOf(1), cellOf(1.0000002), cellOf(-1.0000002)]).toEqual([CELLS - 1, CELLS - 1, 0]);
  });
  it('counts pairs within thresholds that are steps, and none between', () => {
    const histogram = emptyHistogram();
    for (const [, , med, gen] of pairs) {
      const cell = cellOf(med) * CELLS + cellOf(gen);
      histogram[cell] = (histogram[cell] ?? 0) + 1;
    }
    expect(countWithin(histogram, 0.95, 0.5)).toBe(2);
    expect(countWithin(histogram, -1, 1)).toBe(pairs.length);
    expect(countWithin(histogram, 0.9012, 0.5)).toBeNull();
  });
});
