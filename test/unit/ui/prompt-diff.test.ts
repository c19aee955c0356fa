import { describe, expect, it } from 'vitest';
import { LOOKALIKE } from '../../../src/core/prompts/default.ts';
import { MED_FLAMINGO } from '../../../src/core/prompts/few-shot.ts';
import { differ, type Piece } from '../../../src/ui/prompts/diff.ts';
import { compareTexts } from '../../../src/ui/prompts/words.ts';

/** Pieces with what only one side has in brackets. */
const marked = (pieces: readonly Piece[]): string => pieces.map((p) => (p.same ? p.text : `[${p.text}]`)).join('');

describe('differ', () => {
  it.each([
    ['a b c', 'a b c', 'a b c', 'a b c'],
    ['a b c', 'a x c', 'a [b] c', 'a [x] c'],
    ['one\ntwo', 'one\nmore\ntwo', 'one\ntwo', 'one\n[more\n]two'],
    ['Answer:', 'Answer', '[Answer:]', '[Answer]'],
    ['a b', 'a  b', 'a[ ]b', 'a[  ]b'],
    ['a', '', '[a]', ''],
    ['x a b', 'a b x', '[x ]a b', 'a b[ x]'],
  ])('%j and %j', (a, b, left, right) => {
    const found = differ(a, b);
    expect([marked(found.left), marked(found.right)]).toEqual([left, right]);
  });
  it('gives each side back whole', () => {
    const { left, right } = differ(LOOKALIKE.prompts.letter, LOOKALIKE.prompts.open);
    const whole = (pieces: readonly Piece[]): string => pieces.map((p) => p.text).join('');
    expect([whole(left), whole(right)]).toEqual([LOOKALIKE.prompts.letter, LOOKALIKE.prompts.open]);
  });
  it('does not lay endless texts beside each other', () => {
    const long = 'a '.repeat(3000);
    expect(differ(long, long).left).toEqual([{ text: long, same: false }]);
  });
});

describe('compareTexts', () => {
  it('has every text of either set in one order, and null where a set has none', () => {
    const right = {
      ...LOOKALIKE,
      name: 'other',
      system: 'Be brief.',
      prompts: { ...LOOKALIKE.prompts, mc: 'M {q}{a}{b}' },
      answerPrefix: { gd: 'A' },
      fewShot: { ...MED_FLAMINGO, shots: MED_FLAMINGO.shots.slice(0, 1) },
    };
    const left = { ...LOOKALIKE, system: null, answerPrefix: {} };
    const texts = compareTexts(left, right);
    expect(texts.map((t) => t.key)).toEqual([...['system', 'letter', 'open', 'mc', 'end-gd', 'preamble', 'example-0']]);
    expect(texts[0]).toEqual({ key: 'system', label: 'System text', left: null, right: 'Be brief.' });
    expect(texts.filter((t) => t.left === t.right).map((t) => t.key)).toEqual(['letter', 'open']);
    expect(texts.at(-1)?.right).toContain('B: Mammography\nAnswer: B');
    expect(compareTexts(right, left).map((t) => t.key)).toEqual(texts.map((t) => t.key));
  });
});
