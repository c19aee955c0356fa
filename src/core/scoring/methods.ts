/**
 * A requested method is a base, alone or under a condition: `gd`, `gd+swap`, `ps+no-image`. Conditions ask the same question differently, to
 * see what the answer depends on (sensitivity): options exchanged, no image, a blank image.
 */
export const BASES = ['gd', 'ps', 'mc', 'ff'] as const;
export type Base = (typeof BASES)[number];
export const CONDITIONS = ['swap', 'no-image', 'blank-image'] as const;
export type Condition = (typeof CONDITIONS)[number];

export interface MethodParts {
  readonly base: Base;
  readonly condition: Condition | null;
}

/** The parts of a method's name; null for a name that Lookalike cannot compute (imported methods have names of their own). */
export function methodParts(method: string): MethodParts | null {
  const [name, condition, more] = method.split('+');
  const base = BASES.find((b) => b === name);
  if (base === undefined || more !== undefined) return null;
  if (condition === undefined) return { base, condition: null };
  const known = CONDITIONS.find((c) => c === condition);
  // An option's likelihood does not depend on its letter: PS and FF have nothing to swap.
  if (known === undefined || (known === 'swap' && (base === 'ps' || base === 'ff'))) return null;
  return { base, condition: known };
}

/** Records that each requested method writes: `ps` gives `ps-official` from the same pass (results.md). */
export function recordedMethods(method: string): readonly string[] {
  return method === 'ps' ? ['ps', 'ps-official'] : [method];
}
