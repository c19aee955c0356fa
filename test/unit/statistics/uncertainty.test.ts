import { describe, expect, it } from 'vitest';
import { agreement, answeredByBoth, rightBy } from '../../../src/core/statistics/agreement.ts';
import { breakdown } from '../../../src/core/statistics/breakdown.ts';
import { calibration, confidenceOf } from '../../../src/core/statistics/calibration.ts';
import { againstChance, chanceSentence } from '../../../src/core/statistics/chance.ts';
import { compareRuns } from '../../../src/core/statistics/compare-runs.ts';
import { indexRecords, pairAnswers } from '../../../src/core/statistics/counts.ts';
import { clusterBootstrap, uniform, type Cluster } from '../../../src/core/statistics/interval.ts';
import { margins } from '../../../src/core/statistics/margins.ts';
import {
  detectableDifference,
  independentDiscordance,
  pairsAgainstChance,
  pairsForDifference,
} from '../../../src/core/statistics/power.ts';
import { rateEstimate } from '../../../src/core/statistics/rates.ts';
import type { Letter, Pair } from '../../../src/core/benchmark/types.ts';
import type { ResultRecord } from '../../../src/core/records/record.ts';
import { json, mediconfusion, policy, record, text } from './fixtures.ts';

const benchmark = mediconfusion();
interface Official {
  answer: Record<'im1' | 'im2', { answer: { A: number; B: number } }>;
}
const official = JSON.parse(text('official/gpt_mc.json.gz')) as Record<string, Official>;
const gpt = policy(benchmark, 'mc', (p, i) => {
  const a = official[p.id]?.answer[i === 1 ? 'im1' : 'im2'].answer;
  return a?.A === 10 ? 'A' : a?.B === 10 ? 'B' : null;
});
const answers = pairAnswers(benchmark, indexRecords(gpt), 'mc');
const golden = json('statistics/golden.json') as {
  wilson95: [number, number];
  binomial_vs_quarter: { k: number; n: number; p_two_sided: number }[];
};

describe('intervals of every rate', () => {
  it('gives the golden set accuracy with both intervals', () => {
    const set = rateEstimate(answers, 'set');
    expect([set?.k, set?.n, set?.value]).toEqual([34, 176, 19.32]);
    expect(set?.wilson.low).toBeCloseTo(golden.wilson95[0], 2);
    expect(set?.wilson.high).toBeCloseTo(golden.wilson95[1], 2);
  });

  it('counts questions for individual accuracy, valid pairs for confusion, and has nothing to say of nothing', () => {
    expect(rateEstimate(answers, 'individual')?.n).toBe(352);
    expect(rateEstimate([], 'set')).toBeNull();
    const invalid = pairAnswers(benchmark, indexRecords(policy(benchmark, 'mc', () => null)), 'mc');
    expect(rateEstimate(invalid, 'confusion')).toBeNull();
    expect(rateEstimate(invalid, 'precision')).toBeNull();
    expect(rateEstimate(invalid, 'invalid')).toMatchObject({ value: 100, interval: { low: 100, high: 100 } });
  });

  it('keeps an interval where resamples may draw no trial at all', () => {
    const { low, high } = clusterBootstrap([
      { k: 1, n: 2 },
      ...Array.from({ length: 5 }, (): Cluster => ({ k: 0, n: 0 })),
    ]);
    expect([low, high]).toEqual([0.5, 0.5]);
    expect(() => clusterBootstrap([{ k: 0, n: 0 }])).toThrow('at least one trial');
  });
});

/** A made-up benchmark: pairs in components of 1 to 6, whose outcomes lean together because they share images. */
function madeUp(random: () => number): readonly Cluster[] {
  return Array.from({ length: 90 }, () => {
    const n = 1 + Math.floor(6 * random() ** 3);
    // Beta-like spread around 40%, from two uniform draws.
    const lean = 0.4 + 0.35 * (random() - random());
    let k = 0;
    for (let i = 0; i < n; i++) if (random() < lean) k++;
    return { k, n };
  });
}

it('intervals cover the truth in 92 to 97% of 500 made-up benchmarks with shared images', () => {
  const random = uniform(20_26);
  let covered = 0;
  for (let i = 0; i < 500; i++) {
    const { low, high } = clusterBootstrap(madeUp(random), 1000, i + 1);
    if (low <= 0.4 && 0.4 <= high) covered++;
  }
  expect(covered / 500).toBeGreaterThanOrEqual(0.92);
  expect(covered / 500).toBeLessThanOrEqual(0.97);
});

describe('against random guessing', () => {
  it('tests the GPT-4o run as scipy does: its shared images do not widen the variance', () => {
    const test = againstChance(answers);
    const expected = golden.binomial_vs_quarter.find((g) => g.k === 34)?.p_two_sided ?? NaN;
    expect(test?.effective).toEqual({ k: 34, n: 176 });
    expect(test?.p).toBeCloseTo(expected, 10);
    expect(test?.verdict).toBe('not-distinguished');
    expect(test && chanceSentence(test)).toBe(
      '34 of 176 pairs: not distinguishable from random guessing (25%), p = 0.082 (exact binomial test).',
    );
  });

  it('counts pairs that always agree within their component as fewer', () => {
    // Every component is answered as a whole: right in the largest one only.
    const clustered = pairAnswers(
      benchmark,
      indexRecords(
        policy(benchmark, 'mc', (p, i) => (inLargest(p) ? p.images[i === 1 ? 0 : 1].right : opposite(p, i))),
      ),
      'mc',
    );
    const test = againstChance(clustered);
    expect(test?.designEffect).toBeGreaterThan(5);
    expect(test?.effective.n).toBeLessThan(40);
    expect(test && chanceSentence(test)).toContain('because they share images');
  });

  it('is careful where all pairs came out the same', () => {
    const none = pairAnswers(benchmark, indexRecords(policy(benchmark, 'mc', opposite)), 'mc');
    expect(againstChance(none)).toMatchObject({ k: 0, n: 176, designEffect: null, verdict: 'below' });
    expect(againstChance(none)?.effective.n).toBe(18); // Kish: 176^2 / (25^2 + 20^2 + 18^2 + 8^2 + 6^2 + ...) = 18.2
    expect(againstChance([])).toBeNull();
  });
});

const opposite = (p: Pair, i: 1 | 2): Letter => (p.images[i === 1 ? 0 : 1].right === 'A' ? 'B' : 'A');

/** Whether a pair hangs together with the one whose component is the largest (25 pairs). */
function inLargest(p: Pair): boolean {
  return LARGEST.has(p.id);
}
const LARGEST: ReadonlySet<string> = (() => {
  const seen = new Map<string, Set<string>>();
  for (const pair of benchmark.pairs) {
    const joined = new Set([pair.id]);
    for (const image of pair.images) for (const id of seen.get(image.sha256 ?? '') ?? []) joined.add(id);
    for (const id of joined)
      for (const image of benchmark.pairs.find((x) => x.id === id)?.images ?? []) seen.set(image.sha256 ?? '', joined);
  }
  return [...seen.values()].reduce((a, b) => (b.size > a.size ? b : a), new Set<string>());
})();

describe('power', () => {
  // Connor (1987) and the usual one-sample formula, worked by hand.
  it('says how many pairs show a difference', () => {
    expect(pairsForDifference(0.1, 0.3)).toBe(234);
    expect(pairsForDifference(0.1, 0.3, 2)).toBeGreaterThanOrEqual(466);
    expect(pairsForDifference(-0.1, 0.3)).toBe(234);
    expect(pairsAgainstChance(0.35, 0.25)).toBe(157);
    expect(() => pairsForDifference(0, 0.3)).toThrow(RangeError);
    expect(() => pairsForDifference(0.4, 0.3)).toThrow(RangeError);
  });

  it('turns that round: the smallest difference that some pairs show', () => {
    const d = detectableDifference(0.25, 176) ?? NaN;
    expect(pairsForDifference(d, independentDiscordance(0.25, 0.25 + d))).toBeLessThanOrEqual(176);
    expect(pairsForDifference(d - 0.002, independentDiscordance(0.25, 0.25 + d - 0.002))).toBeGreaterThan(176);
    expect(detectableDifference(0.9, 176)).toBeGreaterThan(0);
    expect(detectableDifference(0.25, 2)).toBeNull();
    expect(detectableDifference(0.25, 0)).toBeNull();
  });
});

describe('two runs', () => {
  const always = policy(benchmark, 'mc', () => 'A');

  it('agreement, kappa, and who has which pairs right', () => {
    const same = answeredByBoth(answers, answers);
    expect(agreement(same)).toMatchObject({ same: 100, kappa: 1 });
    const both = answeredByBoth(answers, pairAnswers(benchmark, indexRecords(always), 'mc'));
    const valid = gpt.filter((r) => r.chosen !== null);
    const found = agreement(both);
    expect(found.questions).toBe(valid.length);
    expect(found.kappa).toBeCloseTo(0, 12); // one side is constant: nothing beyond chance
    const letters = answeredByBoth(
      ...(([always, always] as const).map((r) => pairAnswers(benchmark, indexRecords(r), 'mc')) as [never, never]),
    );
    expect(agreement(letters).kappa).toBeNull();
    const right = rightBy(both);
    expect([right.both, right.onlyFirst, right.onlySecond].map((x) => x.length)).toEqual([0, 34, 0]);
    expect(right.neither).toHaveLength(142);
  });

  it('compares every two of three runs by McNemar, with Holm over all rows', () => {
    const half = policy(benchmark, 'mc', (p, i) => (Number(p.id) % 2 === 0 ? p.images[i === 1 ? 0 : 1].right : 'B'));
    const rows = compareRuns(benchmark, [
      { title: 'gpt', records: gpt },
      { title: 'always A', records: always },
      { title: 'half', records: half },
    ]);
    expect(rows.map((r) => r.runs)).toEqual([
      [0, 1],
      [0, 2],
      [1, 2],
    ]);
    const [first] = rows;
    expect(first).toMatchObject({ methods: ['mc', 'mc'], pairs: 176, set: [19.32, 0], difference: -19.32 });
    expect(first?.p).toBeCloseTo(2 * 0.5 ** 34, 16);
    expect(first?.adjusted).toBeGreaterThan(first?.p ?? 1);
    expect(first?.interval.high).toBeLessThan(0);
    for (const r of rows) expect(r.interval.low).toBeLessThanOrEqual(r.difference);
  });

  it('leaves out pairs that one of them did not score', () => {
    const rows = compareRuns(benchmark, [
      { title: 'a', records: gpt.slice(4) },
      { title: 'b', records: always },
    ]);
    expect(rows[0]?.pairs).toBe(174);
    expect(compareRuns(benchmark, [{ title: 'a', records: gpt }])).toEqual([]);
    expect(
      compareRuns(benchmark, [
        { title: 'a', records: gpt },
        { title: 'b', records: [] },
      ]),
    ).toEqual([]);
  });
});

/** A record with likelihoods: `ahead` nats between the chosen option and the other. */
function likely(pair: Pair, image: 1 | 2, chosen: Letter, ahead: number): ResultRecord {
  const option = (score: number) => ({ score, sum: score, tokens: [1], tokenLogprobs: [score] });
  const [high, low] = [option(-1), option(-1 - ahead)];
  return {
    ...record(pair, image, 'gd', chosen),
    ...{ options: chosen === 'A' ? { A: high, B: low } : { A: low, B: high }, margin: ahead },
  } as ResultRecord;
}

describe('calibration and margins', () => {
  const sure = Math.log(0.8 / 0.2);
  // 80% sure of everything, right in 60%: the error is 20 points wherever the bins lie.
  const records = benchmark.pairs.slice(0, 50).flatMap((p, n) =>
    ([1, 2] as const).map((i) => {
      const right = p.images[i === 1 ? 0 : 1].right;
      return likely(p, i, n % 5 < 3 ? right : right === 'A' ? 'B' : 'A', sure);
    }),
  );

  it('expected calibration error with its interval', () => {
    const [first] = records;
    expect(first?.status === 'scored' ? confidenceOf(first) : null).toBeCloseTo(0.8, 12);
    const c = calibration(benchmark, records, 'gd');
    expect(c?.questions).toBe(100);
    expect(c?.ece).toBeCloseTo(0.2, 10);
    expect(c?.accuracy).toBeCloseTo(0.6, 12);
    expect(c?.bins).toHaveLength(1);
    expect(c?.interval.low).toBeLessThan(0.2);
    expect(c?.interval.high).toBeGreaterThan(0.2);
    expect(calibration(benchmark, gpt, 'mc')).toBeNull();
  });

  it('margins of right and wrong answers', () => {
    const m = margins(benchmark, records, 'gd');
    expect(m?.right?.questions).toBe(60);
    expect(m?.wrong?.median).toBeCloseTo(sure, 12);
    expect(m?.histogram.reduce((s, b) => s + b.right + b.wrong, 0)).toBe(100);
    expect(margins(benchmark, gpt, 'mc')).toBeNull();
  });
});

it('breaks every metric down by group, a pair counting in each of its groups', () => {
  const groups = breakdown(benchmark, gpt, 'mc', ['all', 'even', 'none'], (p) =>
    Number(p.id) % 2 === 0 ? ['all', 'even'] : ['all'],
  );
  expect(groups[0]).toMatchObject({ group: 'all', set: 19.32, counts: { pairs: 176, set: 34 } });
  expect(groups[1]?.counts.pairs).toBeLessThan(176);
  expect(groups[2]).toMatchObject({ group: 'none', set: 0, counts: { pairs: 0 } });
});
