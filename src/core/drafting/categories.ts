import { splitThought } from '../chat/thought.ts';
import { CATEGORY_LISTS } from './prompts.ts';

/** The category that a reply names; null where it names none of the list, or several. */
export function readCategory(reply: string, categories: readonly string[]): string | null {
  const { answer } = splitThought(reply, false);
  if (answer === null) return null;
  const text = answer
    .normalize('NFKC')
    .replace(/\*\*|__|`|["“”]/g, '')
    .replace(/^\s*(?:the\s+)?(?:categor(?:y|ies)|answer)\s*(?::|is)\s*/i, '')
    .replace(/[\s.!]+$/, '')
    .trim();
  const same = categories.find((c) => c.toLowerCase() === text.toLowerCase());
  if (same !== undefined) return same;
  const named = categories.filter((c) => wordIn(c, text));
  return named.length === 1 ? (named[0] ?? null) : null;
}

function wordIn(category: string, text: string): boolean {
  const word = category.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}])${word}(?![\\p{L}\\p{N}])`, 'iu').test(text);
}

/** A list as a user names it: `published`, `final`, or the categories themselves with commas between; null where nothing is named. */
export function categoryList(text: string): readonly string[] | null {
  if (text === 'published' || text === 'final') return CATEGORY_LISTS[text];
  const names = [
    ...new Set(
      text
        .split(/[,\n]/)
        .map((c) => c.trim())
        .filter((c) => c !== ''),
    ),
  ];
  return names.length > 0 ? names : null;
}
