import { describe, expect, it } from 'vitest';
import { builtinPromptSets } from '../../../src/core/prompts/builtin.ts';
import { LOOKALIKE } from '../../../src/core/prompts/default.ts';
import { MED_FLAMINGO } from '../../../src/core/prompts/few-shot.ts';
import { inWordsOf, usualParaphrases } from '../../../src/core/prompts/paraphrase.ts';

describe('inWordsOf', () => {
  it('changes the words and keeps what stands before them, so that the image is still computed once', () => {
    const set = { ...LOOKALIKE, system: 'Be brief.', fewShot: MED_FLAMINGO, answerPrefix: { gd: 'Answer:' } };
    const words = { name: 'other', prompts: { letter: '{q} {a} {b}', open: '{q}' }, system: 'Be long.' };
    expect(inWordsOf(set, words)).toEqual({
      name: 'other',
      prompts: words.prompts,
      system: 'Be brief.',
      fewShot: MED_FLAMINGO,
    });
  });
});

describe('usualParaphrases', () => {
  it('are two that say something else than the set', () => {
    const two = usualParaphrases(LOOKALIKE);
    expect(two.map((p) => p.name)).toEqual(['lookalike, brief', 'lookalike, formal']);
    expect(new Set([LOOKALIKE, ...two].map((p) => p.prompts.letter)).size).toBe(3);
  });
  it('a set is no paraphrase of itself', () => {
    const brief = builtinPromptSets().find((s) => s.name === 'lookalike, brief');
    expect(brief && usualParaphrases(brief).map((p) => p.name)).toEqual(['lookalike, formal']);
  });
});
