import { inWordsOf } from '../core/prompts/paraphrase.ts';
import type { PromptSet } from '../core/prompts/types.ts';
import { canonicalJson } from '../core/results/canonical.ts';
import { asksInOtherWords, expandMethods } from '../core/scoring/methods.ts';
import { sha256 } from '../store/hash.ts';
import type { RunConfig } from './types.ts';

/**
 * What a run's configuration says of its prompts: the set and its hash, and where methods ask in other words (`gd+paraphrase`), those written out and the
 * paraphrases with theirs.
 * @param words sets whose words are used
 */
export async function promptsOfRun(
  methods: readonly string[],
  promptSet: PromptSet,
  words: readonly PromptSet[],
): Promise<Pick<RunConfig, 'methods' | 'promptSet' | 'promptSetSha256' | 'paraphrases'>> {
  const asked = { promptSet, promptSetSha256: await hashOf(promptSet) };
  if (!asksInOtherWords(methods)) return { methods, ...asked };
  const sets = words.map((set) => inWordsOf(promptSet, set));
  const paraphrases = await Promise.all(sets.map(async (set) => ({ promptSet: set, sha256: await hashOf(set) })));
  return { methods: expandMethods(methods, sets.length), ...asked, paraphrases };
}

/** SHA-256 of a prompt set's canonical JSON (results.md). */
function hashOf(set: PromptSet): Promise<string> {
  return sha256(new TextEncoder().encode(canonicalJson(set)));
}
