import { describe, expect, it } from 'vitest';
import { pmiRecords, withPmi } from '../../../src/core/methods/ps.ts';
import { indexRecords } from '../../../src/core/statistics/counts.ts';
import { sensitivity } from '../../../src/core/statistics/sensitivity.ts';
import { countRun, summarise } from '../../../src/core/statistics/summary.ts';
import type { Letter } from '../../../src/core/benchmark/types.ts';
import type { OptionScore, ResultRecord } from '../../../src/core/records/record.ts';
import { failed, mediconfusion, policy } from './fixtures.ts';

const whole = mediconfusion();
const benchmark = { ...whole, pairs: whole.pairs.slice(0, 4) };
const [first] = benchmark.pairs;
if (!first) throw new Error('no pair');

/** Answers of a method to the eight questions, in order. */
const answers = (method: string, letters: string): ResultRecord[] => {
  const at = (p: { id: string }, i: number): string =>
    letters[benchmark.pairs.findIndex((x) => x.id === p.id) * 2 + i - 1] ?? '-';
  return policy(benchmark, method, (p, i) => (at(p, i) === 'A' ? 'A' : at(p, i) === 'B' ? 'B' : null));
};

describe('position bias', () => {
  it('counts who chooses a place rather than an option', () => {
    // The letter under exchange is the benchmark's: plain A and exchanged B is the first place twice.
    const records = [...answers('gd', 'AAAABBBA'), ...answers('gd+swap', 'BBBABBAA')];
    expect(sensitivity(benchmark, indexRecords(records))['gd']?.position).toEqual({
      questions: 8,
      steady: 50,
      first: 37.5,
      second: 12.5,
      bias: 25,
    });
  });
  it('leaves invalid and failed answers out', () => {
    const records = [...answers('mc', 'A-AAAAAA'), ...answers('mc+swap', 'BBAAAAAA'), failed(first, 1, 'mc+swap')];
    expect(sensitivity(benchmark, indexRecords(records))['mc']?.position).toMatchObject({
      questions: 6,
      steady: 100,
      first: 0,
    });
  });
});

describe('image-blindness', () => {
  it('is how often the answer stays without the image', () => {
    const records = [
      ...answers('gd', 'ABABABAB'),
      ...answers('gd+no-image', 'AAAAAAAA'),
      ...answers('gd+blank-image', 'ABABABAA'),
    ];
    expect(sensitivity(benchmark, indexRecords(records))).toEqual({
      gd: {
        position: null,
        blindness: [
          { condition: 'no-image', questions: 8, same: 50 },
          { condition: 'blank-image', questions: 8, same: 87.5 },
        ],
        wording: [],
      },
    });
  });
  it('and how often it stays in other words, paraphrase by paraphrase', () => {
    const records = [
      ...answers('gd', 'ABABABAB'),
      ...answers('gd+paraphrase-10', 'ABABABAB'),
      ...answers('gd+paraphrase-2', 'AAAAAA-B'),
    ];
    expect(sensitivity(benchmark, indexRecords(records))['gd']?.wording).toEqual([
      { paraphrase: 2, questions: 7, same: 57.14 },
      { paraphrase: 10, questions: 8, same: 100 },
    ]);
  });
  it('counts free answers in other words under either judging', () => {
    const names = ['ff', 'ff-likelihood'].flatMap((m) => [m, `${m}+paraphrase-1`]);
    const found = sensitivity(benchmark, indexRecords(names.flatMap((name) => answers(name, 'ABABABAB'))));
    const wording = [{ paraphrase: 1, questions: 8, same: 100 }];
    expect([found['ff']?.wording, found['ff-likelihood']?.wording]).toEqual([wording, wording]);
  });
  it('gives 0 / 50 / 100 to a model that does not look', () => {
    const records = policy(benchmark, 'gd+blank-image', (p) => (p.id === first.id ? 'A' : 'B'));
    expect(summarise(benchmark, records).methods['gd+blank-image']).toMatchObject({
      set: 0,
      individual: 50,
      confusion: 100,
    });
  });
  it('is left out of the numbers of a run that goes on, which are counts alone', () => {
    const records = [...answers('gd', 'AAAAAAAA'), ...answers('gd+swap', 'AAAAAAAA'), ...answers('gd+marks', 'AB')];
    const { sensitivity: moved, probes, ...counted } = summarise(benchmark, records);
    expect([Object.keys(moved ?? {}), Object.keys(probes ?? {})]).toEqual([['gd'], ['gd']]);
    expect(countRun(benchmark, indexRecords(records))).toEqual(counted);
  });
  it('is part of the summary only where a condition was run', () => {
    expect(summarise(benchmark, answers('gd', 'AAAAAAAA'))).not.toHaveProperty('sensitivity');
    expect(
      summarise(benchmark, [...answers('gd', 'AAAAAAAA'), ...answers('gd+swap', 'AAAAAAAA')]).sensitivity,
    ).toHaveProperty('gd');
  });
});

describe('PMI', () => {
  const option = (score: number): OptionScore => ({
    score,
    sum: score * 2,
    tokens: [1, 2],
    tokenLogprobs: [score, score],
  });
  const ps = (method: string, a: number, b: number): ResultRecord[] =>
    policy(benchmark, method, (): Letter => (a > b ? 'A' : 'B')).map((r) =>
      r.status === 'scored' ? { ...r, options: { A: option(a), B: option(b) } } : r,
    );

  it('takes off what the text alone makes likely, and may choose otherwise', () => {
    const records = withPmi([...ps('ps', -1, -1.5), ...ps('ps+no-image', -1, -3)]);
    expect(records[0]).toMatchObject({
      chosen: 'A',
      options: { A: { score: -1, pmi: 0 }, B: { score: -1.5, pmi: 1.5 } },
    });
    const derived = pmiRecords(records);
    expect(derived).toHaveLength(8);
    expect(derived[0]).toMatchObject({ method: 'ps-pmi', chosen: 'B', margin: 1.5, options: { B: { score: 1.5 } } });
    expect(derived[0]?.correct).toBe(first.images[0].right === 'B');
  });
  it('is tied to B', () => {
    expect(pmiRecords(withPmi([...ps('ps', -1, -2), ...ps('ps+no-image', -1, -2)]))[0]?.chosen).toBe('B');
  });
  it('leaves a record as it is where the text-only score failed or was not run', () => {
    const plain = ps('ps', -1, -2);
    expect(withPmi(plain)).toEqual(plain);
    const records = withPmi([...plain, ...ps('ps+no-image', -1, -2), failed(first, 1, 'ps+no-image')]);
    expect(pmiRecords(records)).toHaveLength(7);
    expect(records[0]).toEqual(plain[0]);
  });
});
