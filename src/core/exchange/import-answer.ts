import { member, plain, type JsonMember, type JsonNode } from '../benchmark/nodes.ts';
import type { Letter } from '../benchmark/types.ts';
import { chooseByGap } from '../methods/ff.ts';
import { published } from '../methods/mc.ts';
import type { Mode } from './official.ts';

/** One answer of an official file. */
export interface Answer {
  readonly chosen: Letter | null;
  readonly a: number;
  readonly b: number;
  readonly text: string | null;
  /** FF: the judge's reasons. */
  readonly reason: string;
  /** log p of the answer, which a fork of the code writes. */
  readonly logprob: number | null;
}

type Say = (at: number, what: string, message: string) => void;
type Bad = Say;
/** bad: the pair is not taken; warn, unlike: it is, and this is told. */
export interface Report {
  readonly bad: Say;
  readonly warn: Say;
  /** GD and PS: a text that is not the letter which has 10. Many files are so throughout, hence told once. */
  readonly unlike: Say;
}

/** The fields of an answer in the published code, of its fork, and of the FF judge. */
const FIELDS = ['full_answer', 'A', 'B', 'gpt_reason'];

/**
 * Reads {full_answer, A, B} or the fork's {answer: {...}, logprob}. A and B are 10 and 0 for a chosen letter, 0 and 0 for none; FF holds the judge's
 * scores from 0 to 10, and the gap rule chooses.
 */
export function readAnswer(found: JsonMember, path: string, mode: Mode, report: Report): Answer | null {
  const { bad } = report;
  const nested = member(found.value, 'answer');
  const node = nested?.value ?? found.value;
  const at = nested ? `${path}.answer` : path;
  if (node.kind !== 'object')
    return (bad(node.at, at, `An object with full_answer, A and B is expected, not ${words(node)}.`), null);
  const known = node.members.every((m) => isKnown(m, at, bad));
  const a = score(node, 'A', at, mode, bad);
  const b = score(node, 'B', at, mode, bad);
  const text = textOf(node, 'full_answer', at, mode.answer === 'letter' ? null : bad);
  const reason = textOf(node, 'gpt_reason', at, bad);
  const logprob = logprobOf(found, path, bad);
  if (!known || a === null || b === null || text === undefined || reason === undefined || logprob === undefined)
    return null;
  if (mode.answer === 'scores') return { chosen: chooseByGap({ a, b }), a, b, text, reason: reason ?? '', logprob };
  const chosen: Letter | null = a === 10 ? 'A' : b === 10 ? 'B' : null;
  if (a === 10 && b === 10)
    return (bad(node.at, at, 'Both A and B are 10: an answer chooses one letter, or none.'), null);
  const odd = text === null ? null : oddText(text, chosen, mode);
  if (odd) {
    const place = member(node, 'full_answer')?.value.at ?? node.at;
    report[odd.severity](place, `${at}.full_answer`, odd.message);
    if (odd.severity === 'bad') return null;
  }
  return { chosen, a, b, text, reason: '', logprob };
}

interface Odd {
  readonly severity: 'bad' | 'warn' | 'unlike';
  readonly message: string;
}

/**
 * Whether the written answer and the letter that has 10 disagree. GD and PS write the letter itself; forks write the option's text, or what the model would
 * have said, and the scores count. An MC text goes through the published parser; a fork may have parsed it otherwise. Only a text that plainly says another
 * letter is an error.
 */
function oddText(text: string, chosen: Letter | null, mode: Mode): Odd | null {
  const bare = /^\s*([A-Za-z])\s*$/.exec(text)?.[1];
  const neither = bare !== undefined && bare.toUpperCase() !== 'A' && bare.toUpperCase() !== 'B';
  const scores = chosen === null ? 'no letter has 10' : `${chosen} has 10`;
  if (mode.answer !== 'text') {
    if (text.trim() === chosen) return null;
    return {
      severity: bare === undefined || bare.toUpperCase() === chosen ? 'unlike' : 'bad',
      message: `The answer is "${text}"${neither ? ', a letter that is neither A nor B' : ''}, and ${scores}.`,
    };
  }
  const parsed = published(text);
  if (neither) {
    const message = `The answer is "${text}", a letter that is neither A nor B`;
    return chosen === null
      ? { severity: 'warn', message: `${message}: it counts as invalid, as in the published code.` }
      : { severity: 'bad', message: `${message}, and ${scores}.` };
  }
  if (parsed === chosen) return null;
  const message = `The published parser reads ${parsed ?? 'no letter'} from "${text.slice(0, 40)}", and ${scores}`;
  return parsed !== null && chosen !== null
    ? { severity: 'bad', message: `${message}.` }
    : { severity: 'warn', message: `${message}; the file's scores count.` };
}

/** A letter other than A and B among the fields is an answer to another kind of question; anything else unknown is let pass. */
function isKnown(m: JsonMember, path: string, bad: Bad): boolean {
  if (FIELDS.includes(m.key) || !/^[A-Za-z]$/.test(m.key)) return true;
  bad(m.at, `${path}.${m.key}`, `The letter "${m.key}" is neither A nor B.`);
  return false;
}

function score(node: JsonNode, letter: Letter, path: string, mode: Mode, bad: Bad): number | null {
  const found = member(node, letter);
  if (!found) return (bad(node.at, `${path}.${letter}`, `The score of ${letter} is missing.`), null);
  const { value } = found;
  const n = value.kind === 'scalar' && typeof value.value === 'number' ? value.value : null;
  if (n === null) return (bad(value.at, `${path}.${letter}`, `A number is expected, not ${words(value)}.`), null);
  const allowed = mode.answer === 'scores' ? n >= 0 && n <= 10 : n === 0 || n === 10;
  if (allowed) return n;
  const range = mode.answer === 'scores' ? 'from 0 to 10' : '10 for the chosen letter and 0 for the other';
  return (bad(value.at, `${path}.${letter}`, `The score must be ${range} and is ${n}.`), null);
}

/**
 * @param bad told of what is no text; null where that is kept as written
 * @returns null when absent or null, undefined when it is no text (which is then told)
 */
function textOf(node: JsonNode, key: string, path: string, bad: Bad | null): string | null | undefined {
  const value = member(node, key)?.value;
  if (!value || (value.kind === 'scalar' && value.value === null && value.literal === null)) return null;
  if (value.kind === 'scalar' && typeof value.value === 'string') return value.value;
  if (bad === null)
    return value.kind === 'scalar' ? String(value.literal ?? value.value) : JSON.stringify(plain(value));
  return (bad(value.at, `${path}.${key}`, `Text is expected, not ${words(value)}.`), undefined);
}

function logprobOf(found: JsonMember, path: string, bad: Bad): number | null | undefined {
  const value = member(found.value, 'logprob')?.value;
  if (!value || (value.kind === 'scalar' && value.value === null && value.literal === null)) return null;
  if (value.kind === 'scalar' && typeof value.value === 'number') return value.value;
  return (bad(value.at, `${path}.logprob`, `A number is expected, not ${words(value)}.`), undefined);
}

/** What stands there, in words. */
export function words(node: JsonNode): string {
  if (node.kind !== 'scalar') return node.kind === 'array' ? 'a list' : 'an object';
  if (node.literal !== null) return node.literal;
  return typeof node.value === 'string' ? `the text "${node.value}"` : String(node.value);
}
