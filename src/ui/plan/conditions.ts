import { methodParts, type Base } from '../../core/scoring/methods.ts';

/** Methods in the order of the paper's tables; `ps` brings the published variant along. */
export const RUNNABLE_METHODS = ['mc', 'gd', 'ps', 'ff'] as const satisfies readonly Base[];

/** The same questions asked differently, to see what the answers depend on. */
export const CONDITION_COLUMNS = [
  {
    condition: 'swap',
    label: 'Options exchanged',
    means: 'A model that prefers a place rather than an option changes its answer.',
  },
  { condition: 'no-image', label: 'No image', means: 'A model that does not look keeps its answers.' },
  {
    condition: 'blank-image',
    label: 'Blank image',
    means: 'A black image instead: what is left is what the text alone says.',
  },
  { condition: 'paraphrase', label: 'Other words', means: 'The question put in the words of other prompt sets.' },
] as const;

/** Whether a method can be asked under a condition: an option's likelihood does not depend on its letter, so PS and FF have nothing to exchange. */
export function canAsk(base: Base, condition: string): boolean {
  return methodParts(condition === 'paraphrase' ? `${base}+paraphrase-1` : `${base}+${condition}`) !== null;
}

/** The methods with one of them added or taken out, in one order whatever was clicked first. */
export function toggled(methods: readonly string[], method: string): readonly string[] {
  const all = [
    ...RUNNABLE_METHODS,
    ...RUNNABLE_METHODS.flatMap((base) => CONDITION_COLUMNS.map((c) => `${base}+${c.condition}`)),
  ];
  return all.filter((m) => methods.includes(m) !== (m === method));
}
