import type { Letter } from '../benchmark/types.ts';
import { behindThought } from './thought.ts';

export interface JudgeScores {
  readonly a: number;
  readonly b: number;
}

/** The scale on which judges answer. They are asked for 1 to 10, and some give 0 to an answer that is nothing like the option. */
const LOWEST = 0;
const HIGHEST = 10;

/** How a score is announced and written: "A: 9", "A - 9", "Score A = <9>", "A's score is [9]", `"A": {"score": "9"`. */
const NAME = (letter: Letter): string =>
  `(?:${letter}(?:'s|’s)?|(?:answer|option|score|rating|assistant)[_ -]?${letter})["'’)\\]]*(?:[ \\t]*\\([^()\\n\\d]{1,120}\\))?(?:[_ ]?(?:score|rating|points?))?`;
const JOIN =
  '["\'’)\\]>]*\\s*(?:[:=|→⟶]+|=>|->|\\s[-–—−]+|[-–—−](?=\\s*[<\\[(]?\\d)|\\b(?:is|gets|receives|earns|deserves|scores|ist|est)\\b(?:\\s+an?\\b)?)';
const WORDS =
  "(?:[\\s\"'“”*~+≈<\\[({|]|\\\\boxed|\\b(?:overall|score|rating|of|points?|is)\\b[\"']?\\s*[:=]?|\\bI(?: would|['’]d)? (?:give|rate|score)(?: it| this)?(?: at| as)?(?: an?)?\\b)*";
const NUMBER = '(?<![\\d.,])(\\d+(?:[.,]\\d+)?)';
/** A range, another scale than tens, or a measure ("5 mm") is no score. */
const NO_SCORE =
  /^\s*(?:[-–—−~]\s*\d|(?:or|to|bis)\s+\d|(?:st|nd|rd|th)\b|%|\/\s*(?!10(?:\.0)?(?!\d))\d|out of (?!10\b)|(?:mm|cm|ml|mg|kg|years?|yrs?)\b)/i;

/**
 * Reads the two scores, from 0 to 10, out of a judge's reply. What a judge thinks before its verdict is passed over; where the reply names a letter's score
 * several times, those that begin a line count, and the first of them.
 * @returns null when either is missing, out of range or on another scale
 */
export function parseJudge(reply: string): JudgeScores | null {
  const { answer } = behindThought(reply);
  const text = answer
    .normalize('NFKC')
    .replace(/[\u00ad\u200b-\u200f\u2060\ufeff]/g, '')
    .replace(/[*`]+/g, '')
    .replace(/<(?:(?:score|rating|answer|option)_?)?([AB])(?:_?(?:score|rating))?>\s*([^<\n]*)<\/[^>\n]*>/gi, tagged)
    .replace(LISTED, '\n$1: ')
    .replace(/<\/?(?:score|rating|points?)>/gi, ' ')
    .replace(/\\boxed|\\text|\$/g, ' ');
  const [a, b] = [score(text, 'A'), score(text, 'B')];
  return a === null || b === null ? null : { a, b };
}

/** `{"answer": "A", "score": 9}` of a list. */
const LISTED =
  /["'](?:answer|option|name|id|letter|label)["']\s*:\s*["'](?:(?:answer|option)\s+)?([AB])["']\s*,\s*["'](?:score|rating)["']\s*:\s*["']?(?=\d)/gi;

const tagged = (_: string, letter: string, inside: string): string => `\n${letter.toUpperCase()}: ${inside}\n`;

function score(text: string, letter: Letter): number | null {
  const line = `^[\\s"'{(\\[#>•|-]*(?:(?:final|overall)\\s+)?(?:(?:score|rating)\\s+(?:for|of)\\s+)?(?:(?:answer|option|assistant)\\s+)?`;
  const anchored = found(
    text,
    new RegExp(`${line}${NAME(letter)}(?:${JOIN}|[.)\\]]*[ \\t]+)${WORDS}${NUMBER}`, 'gimu'),
  );
  const anywhere = (): readonly string[] =>
    found(
      text,
      new RegExp(`(?:^|[^A-Za-z])(?:${NAME(letter)}|["']${letter.toLowerCase()}["'])${JOIN}${WORDS}${NUMBER}`, 'gu'),
    );
  const first = anchored[0] ?? anywhere()[0];
  const n = first === undefined ? NaN : Number(first.replace(',', '.'));
  return n >= LOWEST && n <= HIGHEST ? n : null;
}

function found(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].flatMap((m) => {
    const rest = text.slice(m.index + m[0].length);
    return m[1] === undefined || NO_SCORE.test(rest) ? [] : [m[1]];
  });
}
