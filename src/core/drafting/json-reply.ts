import { at, isObject, readJson, type JsonObject } from '../json.ts';

/** What is said to be right for image 1 and for image 2, each time that it is said. */
export type Answers = readonly [readonly string[], readonly string[]];

/** The fields of a reply before anything is known of them. */
export interface Fields {
  readonly questions: readonly string[];
  readonly options: readonly string[];
  readonly answers: Answers;
}

/** JSON as scripts leave it: a comma before a closing bracket; keys and values in single quotes, as Python prints them. */
function looseJson(text: string): unknown {
  const bare = text.replace(/^\s*\/\/.*$/gm, '');
  const ways = [
    text,
    bare,
    text.replace(/,\s*(?=[}\]])/g, ''),
    text.replace(/(?<=[{[,:]\s*)'([^'"\n]*)'(?=\s*[}\],:])/g, '"$1"').replace(/,\s*(?=[}\]])/g, ''),
  ];
  for (const way of ways) {
    try {
      return readJson(way);
    } catch {
      // The next way, or lines.
    }
  }
  return undefined;
}

/** The text of a reply that is one JSON string: JSON that was written as JSON again. */
function unquoted(text: string): string {
  if (!/^\s*"[\s\S]*"\s*$/.test(text)) return text;
  const inner = looseJson(text);
  return typeof inner === 'string' ? inner : text;
}

/** The outermost `{...}` or `[...]` of a text, parsed; undefined where there is none. */
function jsonIn(reply: string): unknown {
  const text = unquoted(reply);
  for (const [open, close] of [
    ['{', '}'],
    ['[', ']'],
  ] as const) {
    const from = text.indexOf(open);
    const to = text.lastIndexOf(close);
    if (from < 0 || to <= from) continue;
    // Prose with braces, or JSON that was cut: the lines may still say it.
    const parsed = looseJson(text.slice(from, to + 1));
    if (parsed !== undefined) return parsed;
  }
  return undefined;
}

/** The objects that hold a question, wherever they are. */
function asking(value: unknown): readonly JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(asking);
  if (!isObject(value)) return [];
  if (Object.entries(value).some(([k, v]) => ['question', 'q'].includes(key(k)) && written(v) !== null)) return [value];
  return Object.values(value).flatMap(asking);
}

/** "image1", "answerForImage1", "correct_answer_image_1", "image1_answer", "answer1". */
const ANSWER_KEY =
  /^(?:(?:the)?(?:correct|right)?(?:answer|option)?(?:for|of|to)?(?:image|img|picture)([12])(?:correct|right)?(?:answer|option)?|answer([12]))$/;

/** What an object, or a list of objects that each name an image, says of one image. */
function answerIn(value: unknown, n: 1 | 2): string | null {
  if (Array.isArray(value)) {
    const named = value.find(
      (v) => isObject(v) && key(written(at(v, 'image')) ?? '').replace('image', '') === String(n),
    );
    const item: unknown = named ?? (value.some(isObject) ? undefined : value[n - 1]);
    return written(item) ?? written(at(item, 'answer')) ?? written(at(item, 'option'));
  }
  if (!isObject(value)) return null;
  const found = Object.entries(value).find(([k]) => {
    const m = ANSWER_KEY.exec(key(k));
    return key(k) === String(n) || (m?.[1] ?? m?.[2]) === String(n);
  })?.[1];
  return written(found) ?? written(at(found, 'answer')) ?? written(at(found, 'option'));
}

const key = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');
const written = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : typeof value === 'number' ? String(value) : null;

function listOf(value: unknown): readonly string[] {
  const all = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  return all.flatMap((v) => written(v) ?? written(at(v, 'text')) ?? []);
}

/** A reply in JSON: `question`, `option1`, `option2` or `options`, `image1`, `image2` or `answers`; null where it is none. */
export function jsonFields(reply: string): Fields | null {
  const list = asking(jsonIn(reply));
  const [first] = list;
  if (!first) return null;
  const entries = new Map(Object.entries(first).map(([k, v]) => [key(k), v]));
  const get = (...names: string[]): unknown => names.map((n) => entries.get(n)).find((v) => v !== undefined);
  const question = written(get('question', 'q'));
  if (question === null) return null;
  const numbered = [1, 2, 3, 4].flatMap((n) => written(get(`option${n}`, `opt${n}`)) ?? []);
  const lettered = ['a', 'b', 'c', 'd'].flatMap((n) => written(get(`option${n}`, n)) ?? []);
  const listed = listOf(get('options', 'choices', 'answeroptions'));
  const below = get('answers', 'correctanswers', 'answer', 'images');
  const answers = ([1, 2] as const).map((n) => {
    const said = answerIn(first, n) ?? answerIn(below, n);
    return said === null ? [] : [said];
  });
  return {
    questions: list.flatMap(
      (o) => written(Object.entries(o).find(([k]) => ['question', 'q'].includes(key(k)))?.[1]) ?? [],
    ),
    options: [numbered, lettered, listed].find((o) => o.length > 0) ?? [],
    answers: [answers[0] ?? [], answers[1] ?? []],
  };
}

/** A list of labelled lines in JSON, as lines; null where the reply is none. */
export function jsonLines(reply: string): string | null {
  const parsed = jsonIn(reply);
  const texts = Array.isArray(parsed) ? parsed.filter((v) => typeof v === 'string') : [];
  return texts.length >= 5 ? texts.join('\n') : null;
}
