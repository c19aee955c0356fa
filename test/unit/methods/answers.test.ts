import { describe, expect, it } from 'vitest';
import { chooseByGap, judgePrompt, parseJudge } from '../../../src/core/methods/ff.ts';
import { PARSERS } from '../../../src/core/methods/mc.ts';

describe('the published parser', () => {
  // docs/scoring.md, MC: every writing that counts, and those that look as if they did.
  it.each(['A', 'A:', '.A', '.A:', 'A.', 'A")', '("A":', '("A")', '("A").', 'The answer is\nA', 'A CT scan shows'])(
    'reads %j as A',
    (text) => {
      expect(PARSERS.published(text)).toBe('A');
      expect(PARSERS.published(text.replace('A', 'B').replace('B CT', 'B CT'))).toBe('B');
    },
  );
  it.each(['A)', '(A)', 'A,', '**A**', 'a', 'Answer:A', '', 'A or B', '-'])('finds %j invalid', (text) => {
    expect(PARSERS.published(text)).toBeNull();
  });
});

describe('the strict parser', () => {
  it.each([
    ['A', 'A'],
    ['(B)', 'B'],
    ['**A**', 'A'],
    ['B. Left lung', 'B'],
    ['The answer is B', 'B'],
    ['Option: A', 'A'],
    ['b)', 'B'],
  ])('reads %j as %s', (text, letter) => {
    expect(PARSERS.strict(text)).toBe(letter);
  });
  it.each(['A CT scan shows', 'Both answer A and option B', 'left lung', ''])('finds %j invalid', (text) => {
    expect(PARSERS.strict(text)).toBeNull();
  });
});

describe('the judge', () => {
  it('reads both scores', () => {
    expect(parseJudge('A: 9\nB: 1\nYour explanation: close to A.')).toEqual({ a: 9, b: 1 });
    expect(parseJudge('**A:** 7, **B:** 4.5')).toEqual({ a: 7, b: 4.5 });
  });
  it.each(['', 'A: nine\nB: 1', 'A: 5', 'A: 11\nB: 1'])('cannot read %j', (text) => {
    expect(parseJudge(text)).toBeNull();
  });
  it.each([
    [9, 1, 'A'],
    [5, 2, 'A'],
    [5, 3, null],
    [2, 5, 'B'],
    [4, 4, null],
  ])('chooses of %d and %d: %s', (a, b, letter) => {
    expect(chooseByGap({ a, b })).toBe(letter);
  });
  it('leaves braces in an answer alone', () => {
    const { user } = judgePrompt({ question: 'q', options: { A: 'a', B: 'b' }, response: 'see {option_A}' });
    expect(user).toContain('[Assistant]\nsee {option_A}\n');
  });
});
