import { methodName } from '../../core/methods/labels.ts';
import type { Method } from '../../core/methods/method.ts';
import { methods } from '../../core/methods/registry.ts';
import type { PromptSet } from '../../core/prompts/types.ts';

/** The two templates, and the wordings of single methods, in words. */
export function templateWords(): Readonly<Record<string, string>> {
  return {
    letter: `Asks for the letter (${asking('letter')})`,
    open: `Asks the question only (${asking('open')})`,
    ...Object.fromEntries(ownWording().map(({ id, label }) => [id, `${label} only`])),
  };
}

function asking(asks: Method['asks']): string {
  return methods()
    .filter((m) => m.asks === asks)
    .map((m) => methodName(m.id))
    .join(', ');
}

/** Methods that may have a wording, and an ending, of their own. */
export function ownWording(): readonly { readonly id: string; readonly label: string }[] {
  return methods().map(({ id }) => ({ id, label: methodName(id) }));
}
/** A text of a prompt set, with what it is for. */
export interface PromptText {
  readonly key: string;
  readonly label: string;
  readonly text: string;
}

/** All texts of a prompt set, in one order for every set; its examples are not among them. */
export function textsOf(set: PromptSet): readonly PromptText[] {
  const templates = Object.entries(templateWords()).flatMap(([key, label]): PromptText[] => {
    const text = set.prompts[key];
    return text === undefined ? [] : [{ key, label, text }];
  });
  const endings = ownWording().flatMap(({ id, label }): PromptText[] => {
    const text = set.answerPrefix?.[id];
    return text === undefined ? [] : [{ key: `end-${id}`, label: `${label}: the answer begins`, text }];
  });
  const system = set.system === null ? [] : [{ key: 'system', label: 'System text', text: set.system }];
  return [...system, ...templates, ...endings];
}

/** The examples of a few-shot set as texts. */
function exampleTexts(set: PromptSet): readonly PromptText[] {
  if (!set.fewShot) return [];
  const { preamble, shots } = set.fewShot;
  return [
    { key: 'preamble', label: 'Before the examples', text: preamble },
    ...shots.map(({ image, question, options, answer }, i) => ({
      key: `example-${i}`,
      label: `Example ${i + 1}`,
      text: `${image}\n${question}\nA: ${options.A}\nB: ${options.B}\nAnswer: ${answer}`,
    })),
  ];
}

/** A text that two sets have, or one of them: null where a set has none. */
export interface ComparedText {
  readonly key: string;
  readonly label: string;
  readonly left: string | null;
  readonly right: string | null;
}

/** The texts of two sets side by side, examples included. */
export function compareTexts(left: PromptSet, right: PromptSet): readonly ComparedText[] {
  const [a, b] = [allTexts(left), allTexts(right)];
  const keys = [...new Set([...order(), ...a.keys(), ...b.keys()])];
  return keys.flatMap((key): ComparedText[] => {
    const one = a.get(key);
    const two = b.get(key);
    const label = one?.label ?? two?.label;
    return label === undefined ? [] : [{ key, label, left: one?.text ?? null, right: two?.text ?? null }];
  });
}

function allTexts(set: PromptSet): ReadonlyMap<string, PromptText> {
  return new Map([...textsOf(set), ...exampleTexts(set)].map((t) => [t.key, t]));
}

/** So that a text stands in one place whichever set has it. */
function order(): readonly string[] {
  return ['system', ...Object.keys(templateWords()), ...ownWording().map(({ id }) => `end-${id}`), 'preamble'];
}

/** A prompt set as a form holds it: '' is nothing of its own. */
export interface Draft {
  readonly name: string;
  readonly system: string;
  readonly letter: string;
  readonly open: string;
  /** By method. */
  readonly own: Readonly<Record<string, string>>;
  readonly endings: Readonly<Record<string, string>>;
}

export function draftOf(set: PromptSet, name = set.name): Draft {
  const { letter, open, ...own } = set.prompts;
  const all = (from: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(ownWording().map(({ id }) => [id, from[id] ?? '']));
  return { name, system: set.system ?? '', letter, open, own: all(own), endings: all(set.answerPrefix ?? {}) };
}

/** The set that a form means. Shots, which the form does not show, come from the set that was edited. */
export function setOf(draft: Draft, from: PromptSet): PromptSet {
  const filled = (texts: Draft['own']): Readonly<Record<string, string>> =>
    Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
  const endings = filled(draft.endings);
  return {
    name: draft.name.trim(),
    prompts: { letter: draft.letter, open: draft.open, ...filled(draft.own) },
    system: draft.system === '' ? null : draft.system,
    ...(Object.keys(endings).length > 0 ? { answerPrefix: endings } : {}),
    ...(from.fewShot ? { fewShot: from.fewShot } : {}),
  };
}

/** A name for a copy that no set has yet. */
export function copyName(name: string, taken: readonly string[]): string {
  const has = new Set(taken.map((t) => t.toLowerCase()));
  for (let i = 1; ; i++) {
    const next = i === 1 ? `${name}, copy` : `${name}, copy ${i}`;
    if (!has.has(next.toLowerCase())) return next;
  }
}
