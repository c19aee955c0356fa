import { PROBE_KINDS } from './conditions.ts';
import type { Letter } from '../benchmark/types.ts';
import type { Method } from './method.ts';
import { readStrictly } from './strict.ts';
import { behindThought, THOUGHT_CUT } from './thought.ts';

/** A reading of a raw MC answer: a letter, or null (invalid). Re-applicable to stored text without a model. */
export type AnswerParser = (text: string) => Letter | null;

/**
 * The published parser (MediConfusion code; docs/scoring.md, MC): line breaks become spaces, the text is split at spaces, and one token must equal one of a
 * fixed list. Both letters, or neither: invalid. Case-sensitive, so `A)` `(A)` `A,` `**A**` `a` and `Answer:A` are invalid, and "A CT scan shows" is A.
 */
export const published: AnswerParser = (text) => {
  const tokens = new Set(text.replaceAll('\n', ' ').split(' '));
  const has = (letter: Letter): boolean => writings(letter).some((w) => tokens.has(w));
  return only(has('A'), has('B'));
};

function writings(l: Letter): readonly string[] {
  return [l, `${l}:`, `.${l}`, `.${l}:`, `${l}.`, `${l}")`, `("${l}":`, `("${l}")`, `("${l}").`];
}

/**
 * A stricter and saner reading of what stands behind the model's thought: the text must begin or end with the letter, alone or marked as one ("A", "(A)",
 * "**A**", "A: left lung"), box it, or name it as its answer in any of the languages it knows ("The answer is B", "Antwort: B"). A letter that is a word of
 * a sentence ("A CT scan shows"), a repeated list of the options, and two letters are no answer.
 */
export const strict: AnswerParser = readStrictly;

function only(a: boolean, b: boolean): Letter | null {
  return a === b ? null : a ? 'A' : 'B';
}

/** Parsers by name; `published` is the default, for comparability. */
export const PARSERS = { published, strict } as const satisfies Record<string, AnswerParser>;
export type ParserName = keyof typeof PARSERS;

/** Multiple choice: the model writes an answer, and a parser reads the letter in it. */
export const MC: Method = {
  id: 'mc',
  asks: 'letter',
  reads: 'text',
  maxTokens: 32,
  read: (text) => ({ chosen: published(text), notes: behindThought(text).cut ? [THOUGHT_CUT] : [] }),
  conditions: ['swap', 'no-image', 'blank-image', 'paraphrase', ...PROBE_KINDS],
  judged: false,
  usual: false,
  officialPrompt: 'mc',
  records: [
    {
      id: 'mc',
      label: 'MC',
      means: 'Multiple choice: the model writes an answer and the letter is parsed from it.',
      by: 'pass',
      column: { place: 1, printed: 'MC' },
      official: { mode: 'mc', answer: 'text' },
    },
  ],
};
