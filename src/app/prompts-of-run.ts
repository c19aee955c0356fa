import { inWordsOf } from '../core/prompts/paraphrase.ts';
import type { PromptSet } from '../core/prompts/types.ts';
import { canonicalJson } from '../core/exchange/canonical.ts';
import { nameOf, type MethodChoice } from '../core/methods/names.ts';
import { asksInOtherWords, expandChoices } from '../core/methods/registry.ts';
import { sha256 } from '../store/hash.ts';
import type { RunConfig } from '../core/records/run-config.ts';

/**
 * What a run's configuration says of its prompts: the set and its hash, and where methods ask in other words (`gd+paraphrase`), those written out and the
 * paraphrases with theirs.
 * @param words sets whose words are used
 */
export async function promptsOfRun(
  choices: readonly MethodChoice[],
  promptSet: PromptSet,
  words: readonly PromptSet[],
): Promise<Pick<RunConfig, 'methods' | 'promptSet' | 'promptSetSha256' | 'paraphrases'>> {
  const asked = { promptSet, promptSetSha256: await hashOf(promptSet) };
  const methodsUnder = (paraphrases: number): readonly string[] => expandChoices(choices, paraphrases).map(nameOf);
  if (!asksInOtherWords(choices)) return { methods: methodsUnder(0), ...asked };
  const sets = words.map((set) => inWordsOf(promptSet, set));
  const paraphrases = await Promise.all(sets.map(async (set) => ({ promptSet: set, sha256: await hashOf(set) })));
  return { methods: methodsUnder(sets.length), ...asked, paraphrases };
}

/** SHA-256 of a prompt set's canonical JSON (docs/results.md). */
function hashOf(set: PromptSet): Promise<string> {
  return sha256(new TextEncoder().encode(canonicalJson(set)));
}
