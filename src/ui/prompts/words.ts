import type { PromptSet } from '../../core/prompts/types.ts';

/** Templates of a prompt set in words. */
export const TEMPLATE_WORDS: Readonly<Record<string, string>> = {
  letter: 'Asks for the letter (GD, MC)',
  open: 'Asks the question only (PS, FF)',
  gd: 'GD only',
  mc: 'MC only',
  ps: 'PS only',
  ff: 'FF only',
};
/** Methods that may have a wording, and an ending, of their own. */
export const OWN_WORDING = ['gd', 'mc', 'ps', 'ff'] as const;
export type OwnWording = (typeof OWN_WORDING)[number];

/** A prompt set as a form holds it: '' is nothing of its own. */
export interface Draft {
  readonly name: string;
  readonly system: string;
  readonly letter: string;
  readonly open: string;
  readonly own: Readonly<Record<OwnWording, string>>;
  readonly endings: Readonly<Record<OwnWording, string>>;
}

export function draftOf(set: PromptSet, name = set.name): Draft {
  const { letter, open, ...own } = set.prompts;
  const all = (from: Partial<Record<OwnWording, string>>): Record<OwnWording, string> => ({
    gd: from.gd ?? '',
    mc: from.mc ?? '',
    ps: from.ps ?? '',
    ff: from.ff ?? '',
  });
  return { name, system: set.system ?? '', letter, open, own: all(own), endings: all(set.answerPrefix ?? {}) };
}

/** The set that a form means. Shots, which the form does not show, come from the set that was edited. */
export function setOf(draft: Draft, from: PromptSet): PromptSet {
  const filled = (texts: Draft['own']): Partial<Record<OwnWording, string>> =>
    Object.fromEntries(OWN_WORDING.filter((m) => texts[m] !== '').map((m) => [m, texts[m]]));
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
