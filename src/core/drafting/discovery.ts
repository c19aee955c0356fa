import { splitThought } from '../chat/thought.ts';
import { at, isObject, readJson } from '../json.ts';

/** Longest name of a category, in characters, and most categories that a list may have. */
const MOST = { name: 60, categories: 40 };
const ITEM = /^\s*(?:[-*•]|\(?\d{1,2}[.):])\s+(.+)$/;
const HEADING = /^\s*(?:#{1,6}\s+)(.+)$/;
/** What stands behind a name: "Cerebral: captions 1 and 3", "Cerebral (captions 1, 3)", "Cerebral - images of the brain". */
const BEHIND = /\s*(?:[:：(]|\s[-–—]\s).*$/su;
const LISTED = /^\s*(?:the\s+)?(?:general\s+)?categories(?:\s+are)?\s*[:：]\s*(\S[^\n]*)$/im;

function nameOf(text: string): string | null {
  const name = text
    .replace(/\*\*|__|`|["“”]/g, '')
    .replace(/^(?:category|group)\s*\d*\s*[:：.)-]\s*/i, '')
    .replace(BEHIND, '')
    .replace(/[\s.;,]+$/, '')
    .trim();
  return name === '' || name.length > MOST.name || /[?!]$/.test(name) ? null : name;
}

function jsonNames(text: string): readonly string[] {
  const found = /\{[\s\S]*\}|\[[\s\S]*\]/.exec(text)?.[0];
  if (found === undefined) return [];
  let value: unknown;
  try {
    value = readJson(found);
  } catch {
    return [];
  }
  const inner = isObject(value) && 'categories' in value ? value['categories'] : value;
  if (Array.isArray(inner))
    return inner.flatMap(
      (v: unknown) => [v, at(v, 'name'), at(v, 'category')].find((x) => typeof x === 'string') ?? [],
    );
  return isObject(inner) ? Object.keys(inner) : [];
}

/**
 * The general categories that a reply to A.2's first prompt names, in its order, each once: a list with marks or numbers, headings, one line with commas, or JSON.
 * @returns empty where it names none
 */
export function readDiscovered(reply: string): readonly string[] {
  const { answer } = splitThought(reply, false);
  if (answer === null) return [];
  const lines = answer.split(/\r?\n/);
  const matched = (pattern: RegExp): readonly string[] => lines.flatMap((l) => pattern.exec(l)?.[1] ?? []);
  const inLine = LISTED.exec(answer)?.[1]?.split(/[,;]/) ?? [];
  // Items that list captions stand below their category: the outer list is the one that names.
  const outer = matched(/^(?:[-*•]|\(?\d{1,2}[.):])\s+(.+)$/);
  const found = [jsonNames(answer), outer, inLine, matched(HEADING), matched(ITEM)]
    .map((all) => all.flatMap((text) => nameOf(text) ?? []).filter((n) => !/^(?:captions?|images?)\s*\d*$/i.test(n)))
    .find((names) => names.length > 0);
  const once = new Map((found ?? []).map((n) => [n.toLowerCase(), n]));
  return [...once.values()].slice(0, MOST.categories);
}
