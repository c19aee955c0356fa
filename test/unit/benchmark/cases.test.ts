import { describe, expect, it } from 'vitest';
import { readBenchmark } from '../../../src/core/benchmark/read.ts';
import type { BenchmarkDraft } from '../../../src/core/benchmark/types.ts';

/** What people bring, rebuilt from reports to other tools (docs/compatibility.md). */
const IMAGES = ['1.png', '2.png', '3.png', '4.png', 'left lung é.png'];
const pair = (i: number, over: object = {}): object => ({
  ...{ im_1: `images/${2 * i - 1}.png`, im_2: `images/${2 * i}.png`, question: 'On which side is the nodule?' },
  ...{ option_A: 'The left lung', option_B: 'The right lung', im_1_correct: 'A', im_2_correct: 'B' },
  ...{ category_1: ['Pulmonary'], category_2: ['Pulmonary'], ...over },
});

function read(text: string, path = 'dataset.json'): BenchmarkDraft {
  const files = IMAGES.map((name) => ({ path: `images/${name}`, size: 9 }));
  const found = readBenchmark('chosen', files, { path, text, sha256: 'f' });
  if (!found.ok) throw new Error(found.fault.message);
  return found.value;
}
const readPair = (over: object): BenchmarkDraft => read(JSON.stringify({ p1: pair(1, over) }));
const messages = (d: BenchmarkDraft): readonly string[] => d.problems.map((p) => p.message);

describe('ids beyond 2^53', () => {
  it('are kept digit by digit, so that two of them stay two', () => {
    const text = JSON.stringify([
      { id: 1, ...pair(1) },
      { id: 2, ...pair(2) },
    ])
      .replace('"id":1,', '"id":1152921504606846977,')
      .replace('"id":2,', '"id":1152921504606846978,');
    const d = read(text);
    expect(d.pairs.map((p) => p.id)).toEqual(['1152921504606846977', '1152921504606846978']);
    expect(d.problems).toEqual([]);
  });
  it('are kept in local ids, in further fields and in tables', () => {
    const text = JSON.stringify({ p1: pair(1, { im_1_local: 1, accession: 2 }) })
      .replace('"im_1_local":1', '"im_1_local":9007199254740993')
      .replace('"accession":2', '"accession":9007199254740993');
    expect(read(text).pairs[0]).toMatchObject({
      images: [{ local: '9007199254740993' }, {}],
      extra: { accession: '9007199254740993' },
    });
    const csv = `id,question,option_A,option_B,im_1,im_2,im_1_correct,im_2_correct,category_1,category_2,accession
9007199254740993,Which side?,left,right,images/1.png,images/2.png,A,B,"['x']","['x']",9007199254740993`;
    expect(read(csv, 'dataset.csv').pairs[0]).toMatchObject({
      id: '9007199254740993',
      extra: { accession: '9007199254740993' },
    });
  });
  it('that a spreadsheet rounded are told', () => {
    const csv = `id,question,option_A,option_B,im_1,im_2,im_1_correct,im_2_correct,category_1,category_2
1.15292E+18,Which side?,left,right,images/1.png,images/2.png,A,B,"['x']","['x']"`;
    expect(messages(read(csv, 'dataset.csv'))[0]).toMatch(/spreadsheet has rounded/);
  });
  it('whole numbers written otherwise are as before', () => {
    expect(read(JSON.stringify([{ id: 7, ...pair(1) }])).pairs[0]?.id).toBe('7');
    expect(read('[' + JSON.stringify({ id: 7, ...pair(1) }).replace(':7,', ':7.0,') + ']').pairs[0]?.id).toBe('7');
  });
});

describe('letters and numbers', () => {
  it('numbers as options are text, as they are written', () => {
    const d = read(JSON.stringify({ p1: pair(1, { option_A: 3, option_B: 4 }) }).replace(':4,', ':4.50,'));
    expect(d.pairs[0]?.options).toEqual({ A: '3', B: '4.50' });
    expect(d.problems).toEqual([]);
  });
  it.each(['a', '(a)', 'A.', 'A)', ' A', 'A ', '[A]', '"A"', 'Option A', 'option_a', 'Ａ', '(Ａ)', 'A:'])(
    'the right answer %j is A',
    (written) => {
      const d = readPair({ im_1_correct: written });
      expect(d.pairs[0]?.images[0].right).toBe('A');
      expect(d.problems).toHaveLength(written.trim() === 'A' ? 0 : 1);
    },
  );
  it('many are told once', () => {
    const all = [1, 2].map((i) => [`p${i}`, pair(i, { im_1_correct: 'a', im_2_correct: '(b)' })]);
    const d = read(JSON.stringify(Object.fromEntries(all)));
    expect(d.pairs).toHaveLength(2);
    expect(messages(d)).toEqual([
      'Right answers in other writings, such as "a" or "(a)", are read as the letters A and B. It is so in 4 places of 2 pairs, first in p1.',
    ]);
  });
  it.each([0, 1, '0', '1'])('the right answer %j is refused, and it is said why', (right) => {
    const d = readPair({ im_1_correct: right });
    expect(d.pairs).toEqual([]);
    expect(d.skipped[0]?.reason).toMatch(/whether 0 or 1 is the first option is nowhere said/);
  });
  it.each(['C', 'AB', 'A or B', 'left', 'yes', 2, true, 'a b'])('the right answer %j is refused', (right) => {
    expect(readPair({ im_1_correct: right }).pairs).toEqual([]);
  });
});

describe('options that are the same to a reader', () => {
  it.each([
    ['Café-au-lait spot', 'Cafe\u0301-au-lait spot'],
    ['left lung', 'left  lung'],
    ['left lung', 'left\u00a0lung'],
    ['left lung', 'left\u200blung'.replace('left', 'left ')],
    ['left lung', '\u2066left lung\u2069'],
    ['left lung', 'left lu\u00adng'],
    ['left\nlung', 'left lung'],
    ['5 μm', '5 µm'],
    ['fissure', 'ﬁssure'],
    ['A1', 'Ａ１'],
    ['X-ray', 'X‑ray'],
    ["Crohn's", 'Crohn’s'],
    ['left\ufeff', 'left'],
  ])('%j and %j are a problem', (a, b) => {
    const d = readPair({ option_A: a, option_B: b });
    expect(d.pairs).toEqual([]);
    expect(d.problems[0]).toMatchObject({ pair: 'p1', severity: 'error' });
    expect(d.problems[0]?.place).toMatch(/line 1, option_B$/);
  });
  it.each([
    ['left lung', 'right lung'],
    ['10² cells', '102 cells'],
    ['H₂', 'H2'],
    ['left', 'Left'],
    ['1.5 cm', '15 cm'],
    ['leftlung', 'left lung'],
  ])('%j and %j are two options', (a, b) => expect(readPair({ option_A: a, option_B: b }).pairs).toHaveLength(1));
});

describe('addresses of images', () => {
  it('percent-encoded, with a query, with dots: found, and told', () => {
    const d = read(
      JSON.stringify({
        p1: pair(1, { im_1: 'images/left%20lung%20%C3%A9.png' }),
        p2: pair(2, { im_1: 'images/3.png?width=512', im_2: './images/../images/4.png' }),
      }),
    );
    expect(d.pairs.map((p) => p.files)).toEqual([
      ['images/left lung é.png', 'images/2.png'],
      ['images/3.png', 'images/4.png'],
    ]);
    expect(d.problems.map((p) => p.severity)).toEqual(['warning', 'warning']);
    expect(messages(d)[0]).toBe(
      'There is no images/left%20lung%20%C3%A9.png; images/left lung é.png is taken for image 1.',
    );
  });
  it('a file of the very name comes first', () => {
    const files = ['images/a%20b.png', 'images/a b.png', 'images/2.png'].map((path) => ({ path, size: 9 }));
    const text = JSON.stringify({ p1: pair(1, { im_1: 'images/a%20b.png' }) });
    const found = readBenchmark('chosen', files, { path: 'dataset.json', text, sha256: 'f' });
    expect(found.ok && [found.value.pairs[0]?.files[0], found.value.problems]).toEqual(['images/a%20b.png', []]);
  });
  it.each(['images/9.png', 'images/%39.png', 'C:\\images\\9.png', '%', 'images/%E0%A4%A.png', '?', '..', 'file:///'])(
    '%j is missing where no file is meant',
    (im_1) => expect(readPair({ im_1 }).pairs).toEqual([]),
  );
});

describe('wrapping', () => {
  it('several lists of pairs are refused by their keys', () => {
    const text = JSON.stringify({ train: [{ id: 1, ...pair(1) }], test: [{ id: 2, ...pair(2) }] });
    expect(() => read(text)).toThrow(/several lists of pairs \("train", "test"\)/);
  });
  it('a pair alone is one line of JSON Lines', () => {
    expect(read(JSON.stringify({ id: 'x', ...pair(1) })).pairs.map((p) => p.id)).toEqual(['x']);
  });
  it('objects one behind the other on one line are no JSON Lines', () => {
    expect(() => read('{} {}')).toThrow(/goes on behind its end/);
  });
  it('an error names its line', () => {
    expect(() => read(`${JSON.stringify({ id: 'x', ...pair(1) })}\n{"id": }`)).toThrow(/line 2, column 8/);
  });
});
