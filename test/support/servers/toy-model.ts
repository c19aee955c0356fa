/**
 * A language model of 128 characters that is no model: its numbers follow from a hash of everything that stands before a token, the image among it. So every
 * way of reading the same thing must give the same number, and nothing else can.
 */
export const BOS = 2;
export const IMAGE = 1;
const VOCABULARY = 128;
/** Tokens that an image becomes. */
const IMAGE_TOKENS = 4;

/** One token a character. */
export const tokenize = (text: string): number[] => [...text].map((c) => Math.min(c.charCodeAt(0), VOCABULARY - 1));
export const textOf = (ids: readonly number[]): string => String.fromCharCode(...ids);

export interface Turn {
  readonly system: string;
  readonly text: string;
  readonly images: readonly string[];
}

/** The prompt of a turn: text with a place for each image, and ids with images expanded. */
export function rendered({ system, text, images }: Turn, bos: boolean): { text: string; ids: number[] } {
  const before = `${system}U:`;
  const behind = `${text}\nA:`;
  const places = images.map(() => String.fromCharCode(IMAGE)).join('');
  const expanded = images.flatMap(() => Array.from({ length: IMAGE_TOKENS }, () => IMAGE));
  const begin = bos ? [BOS] : [];
  return {
    text: `${before}${places}${behind}`,
    ids: [...begin, ...tokenize(before), ...expanded, ...tokenize(behind)],
  };
}

/** log p of every next token behind these ids and images. */
export function logprobs(ids: readonly number[], images: readonly string[]): number[] {
  const seed = hash(`${ids.join()}|${images.join()}`);
  const logits = Array.from({ length: VOCABULARY }, (_, t) => 6 * fraction(seed ^ Math.imul(t + 1, 0x9e3779b1)));
  const log = Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0));
  return logits.map((x) => x - log);
}

function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h;
}

function fraction(x: number): number {
  let h = x | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

/** The likeliest tokens, the likeliest first. */
export function likeliest(row: readonly number[], count: number): { id: number; logprob: number }[] {
  return row
    .map((logprob, id) => ({ id, logprob }))
    .sort((a, b) => b.logprob - a.logprob)
    .slice(0, count);
}
