import type { Pair } from '../../core/benchmark/types.ts';
import type { PromptSet } from '../../core/prompts/types.ts';

/** Which prompt a method uses: its own where the set has one, else the letter prompt (GD, MC) or the open one (PS, FF). */
export function templateOf(set: PromptSet, method: string): string {
  const base = method === 'ps-official' ? 'ps' : method === 'ff-likelihood' ? 'ff' : method;
  const own = base === 'gd' || base === 'ps' || base === 'mc' || base === 'ff' ? set.prompts[base] : undefined;
  return own ?? (base === 'gd' || base === 'mc' ? set.prompts.letter : set.prompts.open);
}

/** The text of the user's turn for a pair. The image stands before it, and the model's own chat template around it. */
export function askedText(set: PromptSet, method: string, pair: Pick<Pair, 'question' | 'options'>): string {
  const fields: Record<string, string> = { q: pair.question, a: pair.options.A, b: pair.options.B };
  return templateOf(set, method).replace(/\{([qab])\}/g, (_, name: string) => fields[name] ?? '');
}
