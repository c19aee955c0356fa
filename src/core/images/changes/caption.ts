import { GLYPH } from '../marks/font.ts';
import type { TextMark } from '../marks/mark.ts';
import type { Extent } from '../marks/shapes.ts';

/** Most of the image's height that a caption may take, its margin, and the height of a capital that is enough; shares of the image's sides. */
const TALL = 0.3;
const MARGIN = 0.03;
const LARGE = 0.09;

/** A text along the upper border, white with a black rim, its lines broken so that the letters are as large as they can be. */
export function captionOf(text: string, image: Extent): TextMark {
  const short = Math.min(image.width, image.height);
  const margin = MARGIN * short;
  const [across, down] = [image.width - 2 * margin, image.height * TALL];
  const words = text.trim().split(/\s+/);
  const best = words.reduce<{ dot: number; lines: readonly string[] }>(
    (found, _, i) => {
      const lines = broken(words, words.slice(0, i + 1).join(' ').length);
      const dot = dotOf(lines, across, down);
      return dot > found.dot ? { dot, lines } : found;
    },
    { dot: 0, lines: [words.join(' ')] },
  );
  const size = Math.min(LARGE, (best.dot * GLYPH.capital) / short);
  const halo = { colour: '#000000', width: size / GLYPH.capital };
  return { kind: 'text', x: margin, y: margin, text: best.lines.join('\n'), size, colour: '#ffffff', halo };
}

/** Words on lines of at most `width` characters, a longer word on a line of its own. */
function broken(words: readonly string[], width: number): readonly string[] {
  return words.reduce<readonly string[]>((lines, word) => {
    const last = lines.at(-1);
    return last !== undefined && last.length + 1 + word.length <= width
      ? [...lines.slice(0, -1), `${last} ${word}`]
      : [...lines, word];
  }, []);
}

/** The largest dot with which lines fit. */
function dotOf(lines: readonly string[], across: number, down: number): number {
  const longest = lines.reduce((n, line) => Math.max(n, line.length), 1);
  return Math.min(across / (longest * GLYPH.advance), down / (lines.length * GLYPH.line));
}
