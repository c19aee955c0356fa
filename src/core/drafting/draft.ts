import { at, isObject } from '../json.ts';
import type { Reading } from './parse.ts';

/** What became of a pair. `refused`: its captions must not be sent; `none`: the writer, or equal captions, say that nothing tells the images apart. */
const DRAFT_STATUSES = ['valid', 'none', 'invalid', 'unreadable', 'refused'] as const;
export type DraftStatus = (typeof DRAFT_STATUSES)[number];

/** One reply that was had. */
export interface DraftTry {
  /** null: greedy. */
  readonly seed: number | null;
  readonly reply: string;
  readonly tokens: number | null;
  readonly ended: string | null;
  /** Why it is no draft; null for the one that is. */
  readonly reason: string | null;
}

/** The question as it stands in drafts.jsonl: every answer is the text of an option. */
export interface Parsed {
  readonly question: string;
  readonly option_1: string;
  readonly option_2: string;
  readonly image_1: string;
  readonly image_2: string;
}

/** Who drafted. */
export type Writer =
  | {
      readonly kind: 'model';
      readonly id: string;
      readonly sha256: string;
      readonly dtype: string;
      readonly device: string;
    }
  /** A person put the prompt to a program elsewhere and brought the reply back. */
  | { readonly kind: 'hand' };

export interface DraftSettings {
  readonly max_tokens: number;
  /** Of the tries behind the first, which is greedy. */
  readonly temperature: number;
  readonly top_p: number;
}

/** A line of drafts.jsonl: one pair with everything that was asked and replied. */
export interface Draft {
  readonly format: 'lookalike-draft/1';
  /** Paths in the collection. */
  readonly image_1: string;
  readonly image_2: string;
  readonly sha256: readonly [string, string];
  readonly captions: readonly [string, string];
  readonly categories: readonly [readonly string[], readonly string[]];
  readonly sim_med: number | null;
  readonly sim_gen: number | null;
  readonly status: DraftStatus;
  readonly parsed: Parsed | null;
  /** Why there is no valid draft, in a sentence. */
  readonly reason: string | null;
  /** What a reviewer should know of the captions. */
  readonly warnings: readonly string[];
  /** The last reply, as it was. */
  readonly reply: string | null;
  readonly tries: readonly DraftTry[];
  readonly writer: Writer;
  readonly prompt: { readonly name: 'A.1'; readonly sha256: string };
  readonly settings: DraftSettings;
  readonly drafted_at: string;
}

/** What names a pair in drafts and trails. */
export function pairKey(pair: { readonly image_1: string; readonly image_2: string }): string {
  return `${pair.image_1}|${pair.image_2}`;
}

/** The parsed question of a reading; null where it is no draft. */
export function parsedOf(reading: Reading): Parsed | null {
  if (reading.kind !== 'draft') return null;
  const { question, options, answers } = reading;
  return {
    question,
    option_1: options[0],
    option_2: options[1],
    image_1: options[answers[0]],
    image_2: options[answers[1]],
  };
}

const isText = (v: unknown): v is string => typeof v === 'string';
const isHash = (v: unknown): v is string => isText(v) && /^[0-9a-f]{64}$/.test(v);
const isTexts = (v: unknown): v is readonly string[] => Array.isArray(v) && v.every(isText);
const isTwo = <T>(v: unknown, is: (x: unknown) => x is T): v is readonly [T, T] =>
  Array.isArray(v) && v.length === 2 && v.every(is);
const isNumberOrNull = (v: unknown): v is number | null => v === null || (typeof v === 'number' && Number.isFinite(v));
const isTextOrNull = (v: unknown): v is string | null => v === null || isText(v);

function isParsed(v: unknown): v is Parsed {
  return ['question', 'option_1', 'option_2', 'image_1', 'image_2'].every((k) => isText(at(v, k)) && at(v, k) !== '');
}

function isTry(v: unknown): v is DraftTry {
  return isObject(v) && isText(v['reply']) && isNumberOrNull(v['seed']) && isTextOrNull(v['reason']);
}

/** The field of a parsed line that is not what a draft has there; null where all are. */
function wrongField(v: unknown): string | null {
  if (!isObject(v)) return 'the whole line';
  const status = DRAFT_STATUSES.find((s) => s === v['status']);
  const checks: readonly (readonly [string, boolean])[] = [
    ['format', v['format'] === 'lookalike-draft/1'],
    ['image_1', isText(v['image_1']) && v['image_1'] !== ''],
    ['image_2', isText(v['image_2']) && v['image_2'] !== ''],
    ['sha256', isTwo(v['sha256'], isHash)],
    ['captions', isTwo(v['captions'], isText)],
    ['categories', isTwo(v['categories'], isTexts)],
    ['sim_med', isNumberOrNull(v['sim_med'])],
    ['sim_gen', isNumberOrNull(v['sim_gen'])],
    ['status', status !== undefined],
    ['parsed', status === 'valid' ? isParsed(v['parsed']) && answersFit(v['parsed']) : v['parsed'] === null],
    ['reason', isTextOrNull(v['reason'])],
    ['warnings', isTexts(v['warnings'])],
    ['reply', isTextOrNull(v['reply'])],
    ['tries', Array.isArray(v['tries']) && v['tries'].every(isTry)],
    ['writer', at(v, 'writer', 'kind') === 'hand' || isHash(at(v, 'writer', 'sha256'))],
    ['prompt', isText(at(v, 'prompt', 'sha256'))],
    ['settings', isObject(v['settings'])],
  ];
  return checks.find(([, good]) => !good)?.[0] ?? null;
}

function answersFit({ option_1, option_2, image_1, image_2 }: Parsed): boolean {
  const options = [option_1, option_2];
  return option_1 !== option_2 && image_1 !== image_2 && options.includes(image_1) && options.includes(image_2);
}

/** Whether a value is a draft, every field of it. */
export function isDraft(v: unknown): v is Draft {
  return wrongField(v) === null;
}

export interface DraftLines {
  readonly drafts: readonly Draft[];
  /** What is wrong, with the line. */
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

/** Reads drafts.jsonl. A line that is no draft, or the second of its pair, is a problem and left out. */
export function readDrafts(text: string): DraftLines {
  const drafts: Draft[] = [];
  const problems: { line: number; message: string }[] = [];
  const seen = new Map<string, number>();
  text.split('\n').forEach((raw, i) => {
    if (raw.trim() === '') return;
    const line = i + 1;
    const value = parsedLine(raw);
    if (value === undefined) return problems.push({ line, message: 'The line is not JSON.' });
    if (!isDraft(value))
      return problems.push({
        line,
        message: `The line is no draft: ${wrongField(value) ?? 'a field'} is missing or wrong.`,
      });
    const key = pairKey(value);
    const before = seen.get(key);
    if (before !== undefined)
      return problems.push({ line, message: `The pair was drafted in line ${before} already.` });
    seen.set(key, line);
    return drafts.push(value);
  });
  return { drafts, problems };
}

function parsedLine(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line);
    return value;
  } catch {
    return undefined;
  }
}
