import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Pair } from '../../../src/core/benchmark/types.ts';
import { countGroups, planGroups } from '../../../src/core/plan/groups.ts';

/** Pairs of the real question file, with the image path standing in for the content hash. */
function mediconfusion(): Pair[] {
  const file = new URL('../../data/mediconfusion/images.json', import.meta.url);
  const rows = JSON.parse(readFileSync(file, 'utf8')) as Record<string, [string, string]>;
  return Object.entries(rows).map(([id, images]) => pair(id, ...images));
}

function pair(id: string, first: string, second: string): Pair {
  const image = (sha256: string, right: 'A' | 'B') => ({
    path: sha256,
    local: null,
    categories: [],
    right,
    caption: null,
    sha256,
  });
  return { id, question: 'q', options: { A: 'a', B: 'b' }, images: [image(first, 'A'), image(second, 'B')], extra: {} };
}

describe('planGroups', () => {
  it("encodes 228 images for MediConfusion's 352 questions", () => {
    const groups = planGroups({ pairs: mediconfusion() }, ['gd', 'ps']);
    expect(countGroups(groups)).toEqual({ images: 228, questions: 352 });
    expect(Math.max(...groups.map((g) => g.questions.length))).toBe(14);
  });

  it('gathers the questions of an image in the order of first appearance', () => {
    const groups = planGroups({ pairs: [pair('1', 'x', 'y'), pair('2', 'z', 'x')] }, ['gd']);
    expect(groups).toEqual([
      {
        imageSha256: 'x',
        questions: [
          { pair: '1', image: 1, methods: ['gd'] },
          { pair: '2', image: 2, methods: ['gd'] },
        ],
      },
      { imageSha256: 'y', questions: [{ pair: '1', image: 2, methods: ['gd'] }] },
      { imageSha256: 'z', questions: [{ pair: '2', image: 1, methods: ['gd'] }] },
    ]);
  });

  it('leaves out what is recorded; ps is done only when both its records are', () => {
    const done = new Set(['1/1/gd', '1/1/ps', '1/2/ps', '1/2/ps-official']);
    expect(planGroups({ pairs: [pair('1', 'x', 'y')] }, ['gd', 'ps'], done)).toEqual([
      { imageSha256: 'x', questions: [{ pair: '1', image: 1, methods: ['ps'] }] },
      { imageSha256: 'y', questions: [{ pair: '1', image: 2, methods: ['gd'] }] },
    ]);
  });

  it('takes the first pairs only under a limit', () => {
    const groups = planGroups({ pairs: [pair('1', 'x', 'y'), pair('2', 'z', 'x')] }, ['gd'], new Set(), 1);
    expect(countGroups(groups)).toEqual({ images: 2, questions: 2 });
  });
});

describe('the blank image', () => {
  it('is asked once a pair, and left out only when both its records are there', () => {
    const benchmark = { pairs: [pair('1', 'x', 'y'), pair('2', 'z', 'x')] };
    const blank = { imageSha256: 'blank', blank: true };
    const methods = ['gd', 'gd+blank-image'];
    const groups = planGroups(
      benchmark,
      methods,
      new Set(['2/1/gd+blank-image', '2/2/gd+blank-image', '1/1/gd+blank-image']),
    );
    expect(groups.filter((g) => g.blank)).toEqual([
      { ...blank, questions: [{ pair: '1', image: 1, methods: ['gd+blank-image'] }] },
    ]);
    expect(groups.filter((g) => !g.blank).flatMap((g) => g.questions.map((q) => q.methods))).toEqual([
      ['gd'],
      ['gd'],
      ['gd'],
      ['gd'],
    ]);
  });
});
