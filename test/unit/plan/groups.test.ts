import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Pair } from '../../../src/core/benchmark/types.ts';
import { BLANK, fileImage } from '../../../src/core/images/ref.ts';
import { nameOf } from '../../../src/core/methods/names.ts';
import { requestedMethods as asked } from '../../../src/core/methods/registry.ts';
import type { Group } from '../../../src/core/plan/types.ts';
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
    const groups = planGroups({ pairs: mediconfusion() }, asked(['gd', 'ps']));
    expect(countGroups(groups)).toEqual({ images: 228, questions: 352 });
    expect(Math.max(...groups.map((g) => g.questions.length))).toBe(14);
  });

  it('gathers the questions of an image in the order of first appearance', () => {
    const groups = planGroups({ pairs: [pair('1', 'x', 'y'), pair('2', 'z', 'x')] }, asked(['gd']));
    expect(groups).toEqual([
      {
        image: fileImage('x'),
        questions: [
          { pair: '1', image: 1, methods: asked(['gd']) },
          { pair: '2', image: 2, methods: asked(['gd']) },
        ],
      },
      { image: fileImage('y'), questions: [{ pair: '1', image: 2, methods: asked(['gd']) }] },
      { image: fileImage('z'), questions: [{ pair: '2', image: 1, methods: asked(['gd']) }] },
    ]);
  });

  it('leaves out what is recorded; ps is done only when both its records are', () => {
    const done = new Set(['1/1/gd', '1/1/ps', '1/2/ps', '1/2/ps-official']);
    expect(planGroups({ pairs: [pair('1', 'x', 'y')] }, asked(['gd', 'ps']), done)).toEqual([
      { image: fileImage('x'), questions: [{ pair: '1', image: 1, methods: asked(['ps']) }] },
      { image: fileImage('y'), questions: [{ pair: '1', image: 2, methods: asked(['gd']) }] },
    ]);
  });

  it('takes the first pairs only under a limit', () => {
    const groups = planGroups({ pairs: [pair('1', 'x', 'y'), pair('2', 'z', 'x')] }, asked(['gd']), new Set(), 1);
    expect(countGroups(groups)).toEqual({ images: 2, questions: 2 });
  });
});

describe('the blank image', () => {
  it('is asked once a pair, and left out only when both its records are there', () => {
    const benchmark = { pairs: [pair('1', 'x', 'y'), pair('2', 'z', 'x')] };
    const isBlank = (g: Group): boolean => g.image.kind === 'blank';
    const methods = ['gd', 'gd+blank-image'];
    const groups = planGroups(
      benchmark,
      asked(methods),
      new Set(['2/1/gd+blank-image', '2/2/gd+blank-image', '1/1/gd+blank-image']),
    );
    expect(groups.filter(isBlank)).toEqual([
      { image: BLANK, questions: [{ pair: '1', image: 1, methods: asked(['gd+blank-image']) }] },
    ]);
    expect(groups.filter((g) => !isBlank(g)).flatMap((g) => g.questions.map((q) => q.methods.map(nameOf)))).toEqual([
      ['gd'],
      ['gd'],
      ['gd'],
      ['gd'],
    ]);
  });
});
