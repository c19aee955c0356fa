import { describe, expect, it } from 'vitest';
import { agreement, weightedAgreement } from '../../../src/core/review/agreement.ts';
import golden from './data/kappa.json';

const SCALE = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const zipped = <T>(a: readonly T[], b: readonly T[]): readonly (readonly [T, T])[] =>
  a.flatMap((x, i) => {
    const y = b[i];
    return y === undefined ? [] : [[x, y] as const];
  });

describe('agreement of two reviewers', () => {
  it.each(golden.decisions)("is scikit-learn's kappa of decisions", ({ a, b, kappa }) => {
    const found = agreement(zipped(a, b));
    expect(found.kappa).toBeCloseTo(kappa, 12);
    expect(found.percent).toBeCloseTo((100 * a.filter((x, i) => x === b[i]).length) / a.length, 10);
  });

  it.each(golden.scores)("is scikit-learn's kappa of scores, plain and quadratically weighted", (g) => {
    const found = weightedAgreement(zipped(g.a, g.b), SCALE);
    expect(found.kappa).toBeCloseTo(g.kappa, 12);
    expect(found.weighted).toBeCloseTo(g.weighted, 12);
    expect(found.weightedOccurring).toBeCloseTo(g.weightedOccurring, 12);
  });

  it('has intervals around its figures, the same every time', () => {
    const [g] = golden.scores;
    const found = weightedAgreement(zipped(g?.a ?? [], g?.b ?? []), SCALE);
    expect(found.weightedInterval?.low).toBeLessThan(found.weighted ?? 0);
    expect(found.weightedInterval?.high).toBeGreaterThan(found.weighted ?? 1);
    expect(weightedAgreement(zipped(g?.a ?? [], g?.b ?? []), SCALE)).toEqual(found);
  });

  it('is not defined for one label throughout, nor for nothing', () => {
    expect(agreement([['kept', 'kept']])).toMatchObject({ percent: 100, kappa: null, kappaInterval: null });
    expect(agreement([])).toMatchObject({ n: 0, percent: null, kappa: null });
    expect(weightedAgreement([], SCALE)).toMatchObject({ n: 0, weighted: null, weightedOccurring: null });
  });
});
