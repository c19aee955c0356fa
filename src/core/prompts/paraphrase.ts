import { builtinPromptSets } from './builtin.ts';
import type { PromptSet } from './types.ts';

/** Names of the sets whose words are used when none are named: the built-in paraphrases of Lookalike's own wording. */
export const USUAL_PARAPHRASES: readonly string[] = ['lookalike, brief', 'lookalike, formal'];

/**
 * A prompt set in the words of another: its templates and endings, under the system text and the examples of the first, so that both share all that stands
 * before the question.
 */
export function inWordsOf(set: PromptSet, words: PromptSet): PromptSet {
  return {
    name: words.name,
    prompts: words.prompts,
    system: set.system,
    ...(words.answerPrefix ? { answerPrefix: words.answerPrefix } : {}),
    ...(set.fewShot ? { fewShot: set.fewShot } : {}),
  };
}

/** The sets whose words a run uses when its user names none; the set itself is no paraphrase of itself. */
export function usualParaphrases(set: PromptSet): readonly PromptSet[] {
  return builtinPromptSets().filter((s) => USUAL_PARAPHRASES.includes(s.name) && s.name !== set.name);
}
