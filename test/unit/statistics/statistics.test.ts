import { describe, expect, it } from 'vitest';
import {
  clusterBootstrap,
  clusterError,
  clusters,
  components,
  setAccuracyInterval,
} from '../../../src/core/statistics/interval.ts';
import { binomialTest, holm, mcnemarExact, wilson } from '../../../src/core/statistics/comparison.ts';
import { indexRecords, judge, pairAnswers } from '../../../src/core/statistics/counts.ts';
import { json, mediconfusion, policy, text } from './fixtures.ts';

/** Values from scipy and statsmodels; intervals of the GPT-4o MC run in percent. */
interface Golden {
  components: number;
  component_sizes: number[];
  set: [number, number];
  wilson95: [number, number];
  cluster_bootstrap95_percentile: [number, number];
  cluster_bootstrap_tolerance: number;
  cluster_se_ratio_estimator: number;
  design_effect: number;
  mcnemar_exact: { b: number; c: number; p: number }[];
  holm: { p: number[]; adjusted: number[] };
  wilson: { k: number; n: number; ci95: [number, number] }[];
  binomial_vs_quarter: { k: number; n: number; p_two_sided: number }[];
}
const golden = json('statistics/golden.json') as Golden;
const benchmark = mediconfusion();

/** The answers of the GPT-4o MC run, read without the importer under test elsewhere. */
interface Official {
  answer: Record<'im1' | 'im2', { answer: { A: number; B: number } }>;
}
const official = JSON.parse(text('official/gpt_mc.json.gz')) as Record<string, Official>;
const records = policy(benchmark, 'mc', (p, i) => {
  const a = official[p.id]?.answer[i === 1 ? 'im1' : 'im2'].answer;
  return a?.A === 10 ? 'A' : a?.B === 10 ? 'B' : null;
});
const sets = pairAnswers(benchmark, indexRecords(records), 'mc').map((a) => judge(a).set);
const groups = clusters(components(benchmark.pairs), sets);

describe('statistics', () => {
  for (const { k, n, ci95 } of golden.wilson)
    it(`Wilson interval of ${k} of ${n}`, () => {
      const { low, high } = wilson(k, n);
      expect(low).toBeCloseTo(ci95[0], 8);
      expect(high).toBeCloseTo(ci95[1], 8);
    });
  for (const { b, c, p } of golden.mcnemar_exact)
    it(`exact McNemar of ${b} and ${c}`, () => expect(mcnemarExact(b, c)).toBeCloseTo(p, 12));
  for (const { k, n, p_two_sided } of golden.binomial_vs_quarter)
    it(`binomial test of ${k} of ${n} against guessing`, () =>
      expect(Math.abs(binomialTest(k, n, 0.25) / p_two_sided - 1)).toBeLessThan(1e-9));
  it('Holm adjustment', () => {
    const adjusted = holm(golden.holm.p);
    adjusted.forEach((p, i) => expect(p).toBeCloseTo(golden.holm.adjusted[i] ?? NaN, 12));
    expect(adjusted).toHaveLength(golden.holm.adjusted.length);
  });
});

describe('intervals over shared images', () => {
  it('joins the 176 pairs into 60 components', () => {
    expect(groups.map((g) => g.n).sort((a, b) => b - a)).toEqual(golden.component_sizes);
    expect(groups).toHaveLength(golden.components);
    expect([groups.reduce((s, g) => s + g.k, 0), groups.reduce((s, g) => s + g.n, 0)]).toEqual(golden.set);
  });

  it('agrees with the reference bootstrap, and is the same every time', () => {
    const interval = clusterBootstrap(groups);
    const [low, high] = golden.cluster_bootstrap95_percentile;
    expect(Math.abs(interval.low * 100 - low)).toBeLessThan(golden.cluster_bootstrap_tolerance);
    expect(Math.abs(interval.high * 100 - high)).toBeLessThan(golden.cluster_bootstrap_tolerance);
    expect(clusterBootstrap(groups)).toEqual(interval);
    expect(clusterBootstrap(groups, 500, 7)).not.toEqual(interval);
  });

  it('agrees with the reference ratio estimator', () => {
    const { error, designEffect } = clusterError(groups);
    expect(error * 100).toBeCloseTo(golden.cluster_se_ratio_estimator, 5);
    expect(designEffect).toBeCloseTo(golden.design_effect, 4);
  });

  it('gives the interval of a run in percent, and none where nothing is scored', () => {
    const interval = setAccuracyInterval(benchmark, records, 'mc');
    expect(interval?.low).toBeGreaterThan(13.7);
    expect(interval?.high).toBeLessThan(26.4);
    expect(setAccuracyInterval(benchmark, records, 'gd')).toBeNull();
  });
});
