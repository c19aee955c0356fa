import { describe, expect, it } from 'vitest';
import { meanFeature } from '../../../src/core/images/mean-feature.ts';
import { gatherSimilarities, ranks, similarityEffect } from '../../../src/core/statistics/image-similarity.ts';
import type { PairAnswers } from '../../../src/core/statistics/counts.ts';
import type { Letter, Pair } from '../../../src/core/benchmark/types.ts';

function pairOf(id: string, one: string, two: string): Pair {
  const image = (sha256: string, right: Letter) => ({ path: sha256, local: null, sha256, right, categories: [] });
  return {
    ...{ id, question: '?', options: { A: 'a', B: 'b' } },
    images: [image(one, 'A'), image(two, 'B')],
  } as unknown as Pair;
}
const answer = (pair: Pair, confused: boolean): PairAnswers => ({ pair, chosen: confused ? ['A', 'A'] : ['A', 'B'] });

describe('an image as one vector', () => {
  it('is the mean of its tokens, of unit length', () => {
    const vector = meanFeature({ data: new Float32Array([1, 0, 5, 8]), rows: 2, width: 2 });
    expect([...(vector ?? [])]).toEqual([0.6, 0.8].map(Math.fround));
  });
  it('is none where there is no token, or no direction', () => {
    expect(meanFeature({ data: new Float32Array(0), rows: 0, width: 2 })).toBeNull();
    expect(meanFeature({ data: new Float32Array([1, -1]), rows: 2, width: 1 })).toBeNull();
  });
});

describe('similarities of pairs', () => {
  const pairs = [pairOf('p', 'a', 'b'), pairOf('q', 'b', 'c')];
  const [x, y] = [Float32Array.of(1, 0), Float32Array.of(0.6, 0.8)];

  it('are known once both images are', () => {
    const gatherer = gatherSimilarities(pairs);
    gatherer.add('a', x);
    expect(gatherer.known()).toEqual({});
    gatherer.add('b', y);
    gatherer.add('c', y);
    expect(gatherer.known()['p']).toBeCloseTo(0.6, 6);
    expect(gatherer.known()['q']).toBeCloseTo(1, 6);
  });

  it('go on from an earlier part of the run', () => {
    const gatherer = gatherSimilarities(pairs, { p: 0.5 });
    gatherer.add('b', y);
    gatherer.add('c', y);
    gatherer.add('elsewhere', x);
    expect(gatherer.known()).toMatchObject({ p: 0.5, q: expect.closeTo(1, 6) as number });
  });
});

describe('similarity and confusion', () => {
  const pairs = Array.from({ length: 8 }, (_, i) => pairOf(String(i), `${i}a`, `${i}b`));
  const similarity = Object.fromEntries(pairs.map((p, i) => [p.id, 0.9 + i / 100]));

  it('ranks equal values alike', () => {
    expect(ranks([3, 1, 3, 2])).toEqual([3.5, 1, 3.5, 2]);
  });

  it('correlate as in scipy.stats.spearmanr', () => {
    // spearmanr(range(8), [0, 0, 1, 0, 1, 0, 1, 1]).statistic
    const answers = pairs.map((p, i) => answer(p, [2, 4, 6, 7].includes(i)));
    const effect = similarityEffect(answers, similarity);
    expect(effect).toMatchObject({ pairs: 8, confused: 4 });
    expect(effect.spearman).toBeCloseTo(0.5455447255899809, 12);
    expect(effect.meanConfused).toBeCloseTo(0.9475, 12);
    expect(effect.interval?.low).toBeLessThan(0.54);
    expect(effect.interval?.high).toBeGreaterThan(0.55);
  });

  it('say nothing where all pairs are confused, or no similarity is known', () => {
    expect(
      similarityEffect(
        pairs.map((p) => answer(p, true)),
        similarity,
      ),
    ).toMatchObject({
      ...{ pairs: 8, confused: 8, meanOther: null, spearman: null, interval: null },
    });
    expect(
      similarityEffect(
        pairs.map((p) => answer(p, true)),
        {},
      ),
    ).toMatchObject({ pairs: 0, spearman: null });
  });

  it('leave pairs with an invalid answer out', () => {
    const invalid: PairAnswers[] = pairs.map((pair) => ({ pair, chosen: [null, 'A'] }));
    expect(similarityEffect(invalid, similarity).pairs).toBe(0);
  });
});
