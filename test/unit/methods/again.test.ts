import { describe, expect, it } from 'vitest';
import {
  PUBLISHED_READING,
  readAnew,
  readAs,
  scoredByPerson,
  withGap,
  withParser,
} from '../../../src/core/methods/reading.ts';
import type { ScoredRecord } from '../../../src/core/records/record.ts';

const record = (method: string, text: string | null, more: Partial<ScoredRecord> = {}): ScoredRecord => ({
  ...{ pair: '1', image: 1, method, status: 'scored', chosen: null, right: 'A', correct: false },
  ...{
    options: null,
    mass: null,
    margin: null,
    letterVariants: null,
    text,
    promptTokens: 0,
    imageSha256: '',
    notes: [],
  },
  ...more,
});

describe('withParser', () => {
  it('chooses again from stored text, and tells whether that is right', () => {
    const [kept] = withParser([record('mc', '(A)')], 'published');
    const [strict] = withParser([record('mc', '(A)')], 'strict');
    expect(kept).toMatchObject({ chosen: null, correct: false });
    expect(strict).toMatchObject({ chosen: 'A', correct: true });
  });
  it('reads a letter under exchanged options as the other', () => {
    expect(withParser([record('mc+swap', 'A')], 'published')[0]).toMatchObject({ chosen: 'B', correct: false });
  });
  it('leaves other methods, and records without text, alone', () => {
    const others = [record('ff', 'A'), record('mc', null, { chosen: 'A', correct: true })];
    expect(withParser(others, 'strict')).toEqual(others);
  });
});

describe('withGap', () => {
  const judged = (a: number | null, b: number | null) =>
    record('ff', 'x', { judge: { name: 'j', sha256: '', a, b, text: '' } });
  it.each([
    [5, 3, 3, null],
    [5, 3, 2, 'A'],
    [2, 3, 1, 'B'],
    [null, 3, 1, null],
  ])('%s and %s at a gap of %d choose %s', (a, b, gap, chosen) => {
    expect(withGap([judged(a, b)], gap)[0]?.chosen).toBe(chosen);
  });
});

describe('scoredByPerson', () => {
  it('is a verdict like any other, and no longer open', () => {
    const open = record('ff', 'left', { notes: ['unjudged', 'low-mass'] });
    expect(scoredByPerson(open, 'Dr A', 9, 2)).toMatchObject({
      chosen: 'A',
      correct: true,
      judge: { name: 'Dr A', a: 9, b: 2 },
      notes: ['low-mass'],
    });
  });
});

describe('a score that no person can mean', () => {
  it.each([
    [0, 5],
    [5, 11],
    [NaN, 5],
  ])('%s and %s is refused', (a, b) => {
    expect(() => scoredByPerson(record('ff', 'x'), 'Dr A', a, b)).toThrow('from 1 to 10');
  });
});

describe('readings', () => {
  // An imported file may say what no parser of ours would: as published, that is left as it is.
  const imported = record('mc', 'neither', { chosen: 'A', correct: true });
  it('as published leaves what was recorded', () => {
    expect(readAs([imported], PUBLISHED_READING)).toEqual([imported]);
    expect(readAnew([imported], PUBLISHED_READING)[0]?.chosen).toBeNull();
  });
  it('reads MC and FF anew, each by its own rule', () => {
    const judge = { name: 'j', sha256: '', a: 5, b: 3, text: '' };
    const read = readAs([record('mc', '(A)'), record('ff', 'x', { judge })], { mcParser: 'strict', ffGap: 2 });
    expect(read.map((r) => r.chosen)).toEqual(['A', 'A']);
    expect(readAs(read, PUBLISHED_READING)).toEqual(read);
    expect(readAnew(read, PUBLISHED_READING).map((r) => r.chosen)).toEqual([null, null]);
  });
});
