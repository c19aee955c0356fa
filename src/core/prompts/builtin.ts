import { LOOKALIKE } from './default.ts';
import official from './official.json' with { type: 'json' };
import { BEGUN, endingAsPrefix, officialPromptSets } from './official.ts';
import type { PromptSet } from './types.ts';

/** The same two questions in other words: how far scores move with the wording is part of the sensitivity view. */
const PARAPHRASES: readonly PromptSet[] = [
  {
    name: 'lookalike, brief',
    prompts: { letter: '{q}\nA: {a}\nB: {b}\nAnswer with A or B.', open: '{q}' },
    system: null,
  },
  {
    name: 'lookalike, formal',
    prompts: {
      letter:
        'You are shown one image. Decide which of the two statements is true of it.\nQuestion: {q}\nA: {a}\nB: {b}\nGive only the letter, A or B.',
      open: 'You are shown one image. Answer the question about it.\nQuestion: {q}',
    },
    system: null,
  },
];

/** The official prompts of evaluation as a file, for benchmarks that are made here. */
export const OFFICIAL_ANSWERING: unknown = official;

/** The prompt sets that come with Lookalike: its own, two paraphrases of it, and the official ones (MediConfusion, configs/prompts/answering.json, MIT). */
export function builtinPromptSets(): readonly PromptSet[] {
  const read = officialPromptSets('official', official);
  return [LOOKALIKE, ...PARAPHRASES, ...(read.ok ? read.value : [])];
}

/** The built-in set of a name (`findPromptSet`); null when there is none. */
export function promptSetNamed(name: string): PromptSet | null {
  return findPromptSet(builtinPromptSets(), name);
}

/** The set of a name, capitals aside; `NAME, answer begun` is the set NAME with its endings behind the generation prompt (`endingAsPrefix`). */
export function findPromptSet(sets: readonly PromptSet[], name: string): PromptSet | null {
  const wanted = name.trim().toLowerCase();
  const found = sets.find((s) => s.name.toLowerCase() === wanted);
  if (found || !wanted.endsWith(BEGUN)) return found ?? null;
  const plain = findPromptSet(sets, wanted.slice(0, -BEGUN.length));
  return plain && endingAsPrefix(plain);
}
