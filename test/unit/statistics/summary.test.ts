import { describe, expect, it } from 'vitest';
import { percentOf, percentOfTotal, round2 } from '../../../src/core/statistics/rounding.ts';
import { orderMethods } from '../../../src/core/methods/registry.ts';
import { summarise } from '../../../src/core/statistics/summary.ts';
import { failed, json, mediconfusion, policy } from './fixtures.ts';

const benchmark = mediconfusion();

describe('round2', () => {
  // Python's round(x, 2)
  const values: readonly [number, number][] = [
    [53.125, 53.12],
    [0.625, 0.62],
    [0.375, 0.38],
    [0.875, 0.88],
    [2.675, 2.67],
    [1.005, 1],
    [100, 100],
    [99.995, 100],
    [-0.125, -0.12],
    [19.318181818, 19.32],
    [0, 0],
  ];
  for (const [x, rounded] of values) it(`of ${x} is ${rounded}`, () => expect(round2(x)).toBe(rounded));

  it('prints 187 of 352 as the paper does', () => expect(percentOfTotal(187, 352)).toBe(53.12));
  it('prints 0 of 0 as 0', () => expect([percentOf(0, 0), percentOfTotal(0, 0)]).toEqual([0, 0]));
});

describe('free answers that wait for a judge', () => {
  it('are in no denominator, and count as missing', () => {
    const records = policy(benchmark, 'ff', (p, i) => p.images[i - 1]?.right ?? null).map((r, i) =>
      r.status === 'scored' && i < 3 ? { ...r, chosen: null, correct: false, notes: ['unjudged'] } : r,
    );
    const { ff } = summarise(benchmark, records).methods;
    expect(ff).toMatchObject({ set: 100, invalid: 0, missing: 3, failed: 0 });
    expect(ff?.counts.pairs).toBe(benchmark.pairs.length - 2);
  });
});

describe('summarise', () => {
  it("finds the paper's category sizes", () => {
    const m = summarise(
      benchmark,
      policy(benchmark, 'gd', () => 'A'),
    ).methods['gd'];
    const byCategory = m?.byCategory ?? {};
    expect(Object.fromEntries(Object.entries(byCategory).map(([c, s]) => [c, s.images]))).toEqual(
      json('mediconfusion/statistics.json'),
    );
  });

  it('always "A": set 0, individual 50, confusion 100', () => {
    const m = summarise(
      benchmark,
      policy(benchmark, 'gd', () => 'A'),
    ).methods['gd'];
    expect(m).toMatchObject({ set: 0, individual: 50, confusion: 100, invalid: 0, precision: 0 });
    expect(m?.byCategory['Cerebral']?.individual).toBe(49.37);
    expect(m?.byCategory['Pulmonary']?.individual).toBe(45);
  });

  it('"A" to the first image and nothing valid to the second: invalid 50, individual 25, confusion 0', () => {
    const m = summarise(
      benchmark,
      policy(benchmark, 'mc', (_, i) => (i === 1 ? 'A' : null)),
    ).methods['mc'];
    expect(m).toMatchObject({ set: 0, individual: 25, confusion: 0, invalid: 50, precision: 0 });
    expect(m?.counts).toMatchObject({ pairs: 176, invalid: 176, validPairs: 0, unconfused: 0 });
  });

  it('all right: 100 / 100 / 0, precision 100', () => {
    const right = policy(benchmark, 'gd', (p, i) => p.images[i === 1 ? 0 : 1].right);
    expect(summarise(benchmark, right).methods['gd']).toMatchObject({
      set: 100,
      individual: 100,
      confusion: 0,
      precision: 100,
    });
  });

  it('an image-blind policy scores 0 / 50 / 100 whatever it answers', () => {
    const blind = policy(benchmark, 'gd', (p) => (p.question.length % 3 === 0 ? 'A' : 'B'));
    expect(summarise(benchmark, blind).methods['gd']).toMatchObject({ set: 0, individual: 50, confusion: 100 });
  });

  it('a failed question takes its pair out of the denominators, and is counted', () => {
    const all = policy(benchmark, 'gd', () => 'A');
    const [first] = benchmark.pairs;
    if (!first) throw new Error('no pair');
    const records = [failed(first, 1, 'gd'), ...all.slice(1)];
    const summary = summarise(benchmark, records);
    expect(summary).toMatchObject({ pairs: 176, questions: 352, failed: 1 });
    expect(summary.methods['gd']?.counts.pairs).toBe(175);
    expect(summary.methods['gd']?.individual).toBe(50);
    expect(summary.methods['gd']?.byCategory['Cerebral']?.images).toBe(79 - 2);
  });

  it('the later of two records of one question counts', () => {
    const [first] = benchmark.pairs;
    if (!first) throw new Error('no pair');
    const records = [failed(first, 1, 'gd'), ...policy(benchmark, 'gd', () => 'A')];
    expect(summarise(benchmark, records)).toMatchObject({ failed: 0, methods: { gd: { counts: { pairs: 176 } } } });
  });

  it('a question without a record is missing, and its pair is left out', () => {
    const m = summarise(benchmark, policy(benchmark, 'gd', () => 'A').slice(3)).methods['gd'];
    expect(m).toMatchObject({ missing: 3, failed: 0, counts: { pairs: 174 } });
  });

  it('skipped pairs are named and belong to the N of "n of N"', () => {
    const less = {
      ...benchmark,
      pairs: benchmark.pairs.slice(1),
      skipped: [{ pair: '10001', reason: 'Image 1 is missing.' }],
    };
    const summary = summarise(
      less,
      policy(less, 'gd', () => 'A'),
    );
    expect(summary).toMatchObject({ pairs: 176, skipped: less.skipped, methods: { gd: { counts: { pairs: 175 } } } });
  });

  it('takes the best of methods for set and individual separately, conditions aside', () => {
    const right = policy(benchmark, 'gd+swap', (p, i) => p.images[i === 1 ? 0 : 1].right);
    const gd = policy(benchmark, 'gd', (p, i) => (Number(p.id) % 4 === 0 ? p.images[i === 1 ? 0 : 1].right : null));
    const ps = policy(benchmark, 'ps', () => 'B');
    expect(summarise(benchmark, [...right, ...gd, ...ps]).best).toEqual({
      set: { method: 'gd', value: 25 },
      individual: { method: 'ps', value: 50 },
    });
  });

  it('has no best where nothing is scored', () => expect(summarise(benchmark, [], ['gd']).best).toBeNull());

  it('keeps set + confused <= valid pairs', () => {
    const odd = policy(benchmark, 'mc', (p, i) => (['A', 'B', null] as const)[(Number(p.id) * (i + 1)) % 3] ?? null);
    const c = summarise(benchmark, odd).methods['mc']?.counts;
    if (!c) throw new Error('no counts');
    expect(c.set + c.confused).toBeLessThanOrEqual(c.validPairs);
    expect(c.unconfused + c.confused).toBe(c.validPairs);
  });
});

describe('orderMethods', () => {
  it("puts methods as the paper's tables do, unknown ones behind", () => {
    expect(orderMethods(['other', 'ff', 'ps-official', 'gd', 'mc', 'ps', 'gd'])).toEqual([
      'mc',
      'gd',
      'ps',
      'ps-official',
      'ff',
      'other',
    ]);
  });
});
