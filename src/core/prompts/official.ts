import { fail, fault, ok, type Result } from '../fault.ts';
import { at, isObject } from '../json.ts';
import type { Method } from '../methods/method.ts';
import { methods } from '../methods/registry.ts';
import { MED_FLAMINGO } from './few-shot.ts';
import { fromPositional } from './render.ts';
import type { PromptSet } from './types.ts';

/** Models of the official code whose configuration asks for a system text (`init_prompt_id`), and whose program passes it on. */
const WITH_SYSTEM = ['gpt', 'claude', 'gemini'];
/** The modes of the file in the order in which it has them. */
const FILE_ORDER: readonly string[] = ['greedy', 'mc', 'gpt4', 'prefix'];

interface WordedMethod {
  readonly mode: string;
  readonly method: Method;
}

/** The modes that the file words, and the methods that they are. */
function worded(): readonly WordedMethod[] {
  return methods()
    .flatMap((method) => (method.officialPrompt === null ? [] : [{ mode: method.officialPrompt, method }]))
    .sort((a, b) => FILE_ORDER.indexOf(a.mode) - FILE_ORDER.indexOf(b.mode));
}

/** Whether parsed JSON has the layout of MediConfusion's configs/prompts/answering.json. */
export function isOfficialLayout(value: unknown): boolean {
  return worded().some(({ mode }) => typeof at(value, 'prompts', mode, 'default') === 'string');
}

/**
 * The prompt sets of a file in the official layout, as it is: first `<name>`, the default wording that most models get, then `<name> + system` where
 * the file has a system text, then `<name>: <model>` for each model with a wording of its own. Endings such as "Answer: " and `#answer: ("` stay in the
 * user's turn, where the published code has them; see `endingAsPrefix`.
 */
export function officialPromptSets(name: string, file: unknown): Result<readonly PromptSet[]> {
  const missing = worded()
    .map(({ mode }) => mode)
    .filter((mode) => typeof at(file, 'prompts', mode, 'default') !== 'string');
  if (missing.length > 0) {
    const message = `${name} has no default prompt for ${missing.join(', ')} (prompts.<mode>.default).`;
    return fail(fault('bad-prompt', message, { missing: missing.join(', ') }));
  }
  const general = at(file, 'init_prompts', 'default');
  const plain = variant(name, file, 'default', null);
  const withSystem = typeof general === 'string' ? [{ ...plain, name: `${name} + system`, system: general }] : [];
  const models = variantKeys(file).map((key) => variant(`${name}: ${key}`, file, key, systemOf(file, key)));
  return ok([plain, ...withSystem, ...models]);
}

/** Models with a wording of their own for some mode, or a system text of their own. */
function variantKeys(file: unknown): readonly string[] {
  const keys = worded().flatMap(({ mode }) => keysOf(at(file, 'prompts', mode)));
  return [...new Set([...keys, ...keysOf(at(file, 'init_prompts'))])].filter((k) => k !== 'default');
}

function keysOf(value: unknown): readonly string[] {
  return isObject(value) ? Object.keys(value) : [];
}

function systemOf(file: unknown, key: string): string | null {
  const own = at(file, 'init_prompts', key);
  if (typeof own === 'string') return own;
  const first = isObject(own) ? Object.values(own).find((x) => typeof x === 'string') : undefined;
  if (typeof first === 'string') return first;
  const general = at(file, 'init_prompts', 'default');
  return WITH_SYSTEM.includes(key) && typeof general === 'string' ? general : null;
}

function variant(name: string, file: unknown, key: string, system: string | null): PromptSet {
  const text = (mode: string): string => {
    const own = at(file, 'prompts', mode, key);
    const general = at(file, 'prompts', mode, 'default');
    return typeof own === 'string' ? own : typeof general === 'string' ? general : '';
  };
  const shots = worded().some(({ mode, method }) => method.asks === 'letter' && text(mode).includes('**Q1**'));
  const question = (mode: string): string => (shots ? lastQuestion(text(mode)) : text(mode));
  const wording = ({ mode, method }: WordedMethod): string =>
    method.reads === 'options'
      ? withoutOption(question(mode))
      : fromPositional(question(mode), method.asks === 'letter' ? ['q', 'a', 'b'] : ['q']);
  const own = worded().map((w) => ({ id: w.method.id, asks: w.method.asks, reads: w.method.reads, text: wording(w) }));
  const first = (asks: Method['asks']): string => own.find((w) => w.asks === asks && w.reads !== 'options')?.text ?? '';
  return {
    name,
    prompts: {
      letter: first('letter'),
      open: first('open'),
      ...Object.fromEntries(own.map(({ id, text: words }) => [id, words])),
    },
    system,
    ...(shots ? { fewShot: MED_FLAMINGO } : {}),
  };
}

/** In Med-Flamingo's prompts the question itself stands behind the last image place; the shots before it are `fewShot`. */
function lastQuestion(template: string): string {
  return template.slice(template.lastIndexOf('<image>') + '<image>'.length);
}

/** PS templates end in the option's place: the option is the answer, so what is asked ends before it. */
function withoutOption(template: string): string {
  const end = template.lastIndexOf('{}');
  return fromPositional(template.slice(0, end).trimEnd(), ['q']);
}

/** What the name of a set ends in whose endings were moved behind the generation prompt. */
export const BEGUN = ', answer begun';

/** An ending that begins the answer: `#answer: ("`, "Answer: ", " Answer:". */
const ENDING = /\s*(#answer: \("|(?:The )?Answer(?: is)?:)\s*$/;

/**
 * The same set with such endings moved behind the generation prompt, so that the model goes on writing its own turn: what they mean for a model with a
 * chat template. The published code does not do so.
 * @returns null where no wording ends so
 */
export function endingAsPrefix(set: PromptSet): PromptSet | null {
  const moved = worded().flatMap(({ method: { id: method, asks } }) => {
    const text = set.prompts[method];
    const ending = text === undefined ? null : ENDING.exec(text);
    if (text === undefined || ending?.[1] === undefined) return [];
    const prefix = ending[1].endsWith('("') || asks === 'letter' ? ending[1] : `${ending[1]} `;
    return [{ method, text: text.slice(0, ending.index), prefix }];
  });
  if (moved.length === 0) return null;
  return {
    ...set,
    name: `${set.name}${BEGUN}`,
    prompts: { ...set.prompts, ...Object.fromEntries(moved.map((m) => [m.method, m.text])) },
    answerPrefix: { ...set.answerPrefix, ...Object.fromEntries(moved.map((m) => [m.method, m.prefix])) },
  };
}
