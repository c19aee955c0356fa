import { splitThought } from '../chat/thought.ts';
import { bareValue } from './lines.ts';
import { DRAFT_SYSTEM, type ChatPrompt } from './prompts.ts';

/** A failure pattern as it was found or written: its name, and what it means. */
export interface PatternName {
  readonly name: string;
  /** '' where nothing was said. */
  readonly meaning: string;
}

/** What the prompt says of one pair. */
export interface PatternPair {
  readonly id: string;
  readonly captions: readonly [string, string];
  readonly question: string;
  readonly options: readonly [string, string];
}

/** Pairs that are shown at once (appendix A.3). */
export const PATTERN_PAIRS = 100;

/** A.3, word for word. */
const PATTERNS =
  'I am analyzing an image embedding model. I have several image pairs that each one has a corresponding two choice question. I know that the embedding model confuses the images about the corresponding question. Can you go through the questions, options, and image descriptions, trying to figure out some general patterns that the embedding model struggles with? Please focus on the visual features and generalize patterns that are important to vision models.';

/** A.3: general failure patterns of pairs whose images are confused (arXiv 2409.15477, appendix A.3). */
export function patternPrompt(pairs: readonly PatternPair[]): ChatPrompt {
  const blocks = pairs.map(({ captions, question, options }, i) =>
    [
      `Pair ${i + 1}`,
      `First image description: ${oneLine(captions[0])}`,
      `Second image description: ${oneLine(captions[1])}`,
      `Confusing multiple choice question: ${oneLine(question)} A: ${oneLine(options[0])} B: ${oneLine(options[1])}`,
    ].join('\n'),
  );
  return { system: DRAFT_SYSTEM, user: [PATTERNS, ...blocks].join('\n') };
}

/** A line of the prompt stays one: a caption's own lines would look like those of the form. */
function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line === '' ? '(none)' : line;
}

/** Longest name that a line is taken for; longer ones are sentences about patterns, not names of them. */
const LONGEST_NAME = 80;
const ITEM = /^\s*(?:[-*•–]|\(?\d{1,2}[.)]|#{1,6}(?:\s*\d{1,2}[.)])?)\s+(.+)$/;
const BOLD = /^\s*(?:\*\*|__)(.+?)(?:\*\*|__)\s*(?:[:–—-]\s*)?(.*)$/;

/** Reads the patterns of a reply: the items of its list, in the forms that models write lists in. Empty where there is no list. */
export function readPatterns(reply: string): readonly PatternName[] {
  const { answer } = splitThought(reply, false);
  const lines = (answer ?? '').normalize('NFKC').split('\n');
  const items = lines.flatMap((line, i) => {
    // Items under an item explain it and are no patterns of their own.
    if (/^\s{2,}\S/.test(line) && i > 0) return [];
    const item = ITEM.exec(line)?.[1] ?? (BOLD.test(line) ? line : undefined);
    return item === undefined ? [] : (named(item, lines[i + 1] ?? '') ?? []);
  });
  return joinedPatterns(items);
}

/** 'Name: meaning', '**Name** - meaning', or a name with its meaning in the next line. */
function named(item: string, next: string): PatternName | null {
  const bold = BOLD.exec(item);
  const [, plain = item, rest = ''] = /^([^:–—]{2,}?)(?:\s*:\s+|\s+[–—-]\s+)(.*)$/.exec(item) ?? [];
  const [name, meaning] = bold ? [bold[1] ?? '', bold[2] ?? ''] : [plain, rest];
  const clean = bareValue(name.replace(/\*\*|__|`/g, '')).replace(/[\s.:;,]+$/, '');
  if (clean === '' || clean.length > LONGEST_NAME || !/\p{L}/u.test(clean)) return null;
  const under = /^\s{2,}\S/.test(next) || (!ITEM.test(next) && !BOLD.test(next));
  const said = meaning.trim() === '' && under ? next.replace(/^\s*[-*•]\s+/, '') : meaning;
  return { name: clean, meaning: said.replace(/\*\*|__|`/g, '').trim() };
}

/** Several lists as one: a name is there once, with the first meaning that was given. */
export function joinedPatterns(all: readonly PatternName[]): readonly PatternName[] {
  const found = new Map<string, PatternName>();
  for (const p of all) {
    const key = p.name.toLowerCase();
    const before = found.get(key);
    if (!before) found.set(key, p);
    else if (before.meaning === '') found.set(key, { ...before, meaning: p.meaning });
  }
  return [...found.values()];
}
