import type { Letter } from '../benchmark/types.ts';
import type { Method } from '../methods/method.ts';
import type { PromptSet } from './types.ts';

/** What a template's places are filled with. */
export interface Asked {
  readonly question: string;
  readonly options: Readonly<Record<Letter, string>>;
}

const PLACE = /\{([qab])\}/g;

/** Fills {q}, {a} and {b} in one pass, so that braces inside a question or option stay as they are. */
export function renderPrompt(template: string, { question, options }: Asked): string {
  const values: Readonly<Record<string, string>> = { q: question, a: options.A, b: options.B };
  return template.replace(PLACE, (place, key: string) => values[key] ?? place);
}

/** The template of a method: its own where the set has one, else the one it asks by. */
export function templateOf(set: PromptSet, method: Pick<Method, 'id' | 'asks'>): string {
  return set.prompts[method.id] ?? set.prompts[method.asks];
}

/** The text of the user's turn. */
export function askedText(set: PromptSet, method: Pick<Method, 'id' | 'asks'>, asked: Asked): string {
  return renderPrompt(templateOf(set, method), asked);
}

/** A template of Python's `str.format` with positional `{}` as one with named places; `{{` and `}}` are braces. */
export function fromPositional(template: string, names: readonly ('q' | 'a' | 'b')[]): string {
  let next = 0;
  return template.replace(/\{\{|\}\}|\{\}/g, (found) => {
    if (found !== '{}') return found.charAt(0);
    const name = names[next++];
    return name === undefined ? '{}' : `{${name}}`;
  });
}
