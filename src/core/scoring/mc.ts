import type { Letter } from '../benchmark/types.ts';

/** A reading of a raw MC answer: a letter, or null (invalid). Re-applicable to stored text without a model. */
export type AnswerParser = (text: string) => Letter | null;

/**
 * The published parser (MediConfusion code; scoring.md, MC): line breaks become spaces, the text is split at spaces, and one token must equal one of a
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
 * A stricter and saner reading: the answer must begin with the letter, alone or marked as one ("A", "(A)", "**A**", "A.", "A: left lung"), or name it after
 * "answer" or "option" ("The answer is B"). A letter that is a word of a sentence ("A CT scan shows") is no answer.
 */
export const strict: AnswerParser = (text) => {
  const line = text.trim();
  const lead = /^[("'*`[\s]*([ABab])[)"'*`\]]*(?:$|[).:,\]]|\s*\n)/.exec(line);
  if (lead?.[1]) return upper(lead[1]);
  const named = [...line.matchAll(/\b(?:answer|option|choice)(?:\s+is)?\s*[:=]?\s*[("'*`[]*([AB])\b(?![A-Za-z])/gi)];
  const letters = new Set(named.flatMap((m) => (m[1] ? [upper(m[1])] : [])));
  return only(letters.has('A'), letters.has('B'));
};

function upper(l: string): Letter {
  return l.toUpperCase() === 'A' ? 'A' : 'B';
}

function only(a: boolean, b: boolean): Letter | null {
  return a === b ? null : a ? 'A' : 'B';
}

/** Parsers by name; `published` is the default, for comparability. */
export const PARSERS = { published, strict } as const satisfies Record<string, AnswerParser>;
export type ParserName = keyof typeof PARSERS;
