import { describe, expect, it } from 'vitest';
import { scoreGd } from '../../../src/core/methods/gd.ts';
import { logSoftmaxAt, MIN_LOGPROB } from '../../../src/core/methods/likelihood.ts';
import { optionTokens } from '../../../src/core/methods/option-tokens.ts';
import { scorePs } from '../../../src/core/methods/ps.ts';

const letters = {
  A: {
    token: 5,
    variants: [
      { token: 5, piece: 'A' },
      { token: 7, piece: '▁A' },
    ],
  },
  B: { token: 6, variants: [{ token: 6, piece: 'B' }] },
};
const at = (entries: Record<number, number>): Map<number, number> =>
  new Map(Object.entries(entries).map(([k, v]) => [Number(k), v]));

describe('logSoftmaxAt', () => {
  it('normalises over the whole row', () => {
    const p = logSoftmaxAt([0, Math.log(3)], [0, 1]);
    expect(p.get(0)).toBeCloseTo(Math.log(0.25), 12);
    expect(p.get(1)).toBeCloseTo(Math.log(0.75), 12);
  });
  it('does not overflow on large logits', () => {
    expect(logSoftmaxAt([1000, 1000], [0]).get(0)).toBeCloseTo(-Math.LN2, 12);
  });
  it('keeps a probability of zero finite', () => {
    expect(logSoftmaxAt([0, -Infinity], [1]).get(1)).toBe(MIN_LOGPROB);
  });
  it.each([[[0, NaN]], [[-Infinity, -Infinity]], [[Infinity, 0]]])('refuses %j', (row) => {
    expect(() => logSoftmaxAt(row, [0])).toThrow(RangeError);
  });
  it('refuses a token outside the row', () => {
    expect(() => logSoftmaxAt([0, 1], [2])).toThrow('outside');
  });
});

describe('scoreGd', () => {
  it('chooses the larger, and A on a tie', () => {
    expect(scoreGd(at({ 5: -1, 6: -0.5, 7: -9 }), letters).chosen).toBe('B');
    expect(scoreGd(at({ 5: -0.7, 6: -0.7, 7: -9 }), letters).chosen).toBe('A');
  });
  it('keeps mass and margin, and notes a low mass', () => {
    const o = scoreGd(at({ 5: Math.log(0.2), 6: Math.log(0.1), 7: -9 }), letters);
    expect(o.mass).toBeCloseTo(0.3, 12);
    expect(o.margin).toBeCloseTo(Math.LN2, 12);
    expect(o.notes).toContain('low-mass');
  });
  it('says where another writing of the letter holds more mass', () => {
    const o = scoreGd(at({ 5: Math.log(0.3), 6: Math.log(0.3), 7: Math.log(0.35) }), letters);
    expect(o.notes).toEqual(['letter-variant-heavier-A']);
    expect(o.letterVariants?.A).toEqual([
      { token: 5, piece: 'A', logprob: Math.log(0.3) },
      { token: 7, piece: '▁A', logprob: Math.log(0.35) },
    ]);
  });
});

describe('scorePs', () => {
  const reads = (token: readonly number[], first: readonly number[]) => ({
    tokens: token.map((_, i) => i),
    tokenLogprobs: token,
    firstLogprobs: first,
  });
  const pair = { A: reads([-1, -3], [-1, -5]), B: reads([-2.5], [-2.5]) };
  it('is the mean over tokens; the published variant reads all at the first position', () => {
    expect(scorePs(pair, false)).toMatchObject({
      chosen: 'A',
      options: { A: { score: -2, sum: -4 }, B: { score: -2.5 } },
      margin: 0.5,
    });
    expect(scorePs(pair, true)).toMatchObject({
      chosen: 'B',
      options: { A: { score: -3, sum: -6 }, B: { score: -2.5 } },
    });
  });
  it('chooses B on a tie', () => {
    expect(scorePs({ A: reads([-1], [-1]), B: reads([-1], [-1]) }, false).chosen).toBe('B');
  });
});

describe('optionTokens', () => {
  it('takes what stands behind the prompt', () => {
    expect(optionTokens([1, 2, 3], [1, 2, 3, 4, 5])).toEqual({ start: 3, tokens: [4, 5] });
  });
  it('steps back where the boundary merged', () => {
    expect(optionTokens([1, 2, 3], [1, 2, 9, 5])).toEqual({ start: 2, tokens: [9, 5] });
  });
});
