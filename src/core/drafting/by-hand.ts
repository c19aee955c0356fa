import { draftPrompt } from './prompts.ts';

/** What heads a pair's prompt on the sheet, and its reply in what is brought back. */
const HEAD = /^[#=*\s]*pair\s+(\d+)\b[^\n]*$/gim;

/** The prompts of several pairs as one text, to be put to a program elsewhere. */
export function promptSheet(pairs: readonly { readonly captions: readonly [string, string] }[]): string {
  return pairs
    .map(({ captions }, i) => {
      const { system, user } = draftPrompt(captions);
      return `=== Pair ${i + 1} ===\n${system}\n\n${user}\n`;
    })
    .join('\n');
}

/**
 * Replies that were brought back: under the headings of the sheet ("=== Pair 3 ==="), or one text for one pair.
 * @returns by number, from 1
 */
export function splitReplies(text: string): ReadonlyMap<number, string> {
  const heads = [...text.matchAll(HEAD)];
  if (heads.length === 0) return text.trim() === '' ? new Map() : new Map([[1, text.trim()]]);
  return new Map(
    heads.flatMap((head, i) => {
      const from = head.index + head[0].length;
      const reply = text.slice(from, heads[i + 1]?.index ?? text.length).trim();
      return reply === '' ? [] : [[Number(head[1]), reply] as const];
    }),
  );
}
