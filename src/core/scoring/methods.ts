/**
 * A requested method is a base, alone or under a condition: `gd`, `gd+swap`, `ps+no-image`, `gd+paraphrase-1`. Conditions ask the same question
 * differently, to see what the answer depends on (sensitivity): options exchanged, other words, no image, a blank image.
 */
export const BASES = ['gd', 'ps', 'mc', 'ff'] as const;
export type Base = (typeof BASES)[number];
export const CONDITIONS = ['swap', 'no-image', 'blank-image', 'paraphrase'] as const;
export type Condition = (typeof CONDITIONS)[number];

export interface MethodParts {
  readonly base: Base;
  readonly condition: Condition | null;
  /** Under `paraphrase`: which of the run's paraphrases, from 1. */
  readonly paraphrase?: number;
}

/** The parts of a method's name; null for a name that Lookalike cannot compute (imported methods have names of their own). */
export function methodParts(method: string): MethodParts | null {
  const [name, condition, more] = method.split('+');
  const base = BASES.find((b) => b === name);
  if (base === undefined || more !== undefined) return null;
  if (condition === undefined) return { base, condition: null };
  const words = /^paraphrase-([1-9]\d*)$/.exec(condition);
  if (words?.[1] !== undefined) return { base, condition: 'paraphrase', paraphrase: Number(words[1]) };
  const known = CONDITIONS.find((c) => c === condition && c !== 'paraphrase');
  // An option's likelihood does not depend on its letter: PS and FF have nothing to swap.
  if (known === undefined || (known === 'swap' && (base === 'ps' || base === 'ff'))) return null;
  return { base, condition: known };
}

/** Records that each requested method writes: `ps` gives `ps-official` from the same pass (results.md). */
export function recordedMethods(method: string): readonly string[] {
  return method === 'ps' ? ['ps', 'ps-official'] : [method];
}

const IN_OTHER_WORDS = '+paraphrase';

/** Whether some method asks in the words of the run's paraphrases, and is not written out yet (`expandMethods`). */
export function asksInOtherWords(methods: readonly string[]): boolean {
  return methods.some((m) => m.endsWith(IN_OTHER_WORDS));
}

/**
 * Methods as they are asked, `gd+paraphrase` written out for each paraphrase of the run.
 * @param paraphrases how many there are
 */
export function expandMethods(methods: readonly string[], paraphrases: number): readonly string[] {
  const all = methods.flatMap((m) =>
    m.endsWith(IN_OTHER_WORDS) ? Array.from({ length: paraphrases }, (_, i) => `${m}-${i + 1}`) : [m],
  );
  return [...new Set(all)];
}
