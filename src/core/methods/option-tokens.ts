import { fault, FaultError } from '../fault.ts';

/**
 * Which tokens an option is (docs/scoring.md, "Token boundary"): the ids of prompt + option behind the longest prefix that they share with the ids
 * of the prompt alone. Where the tokenizer merges across the boundary the shared prefix ends before the prompt does.
 * @param prompt ids of the prompt alone
 * @param whole ids of prompt and option encoded together
 * @returns start (index of the option's first token in `whole`) and the option's tokens
 */
export function optionTokens(
  prompt: readonly number[],
  whole: readonly number[],
): { start: number; tokens: readonly number[] } {
  let start = 0;
  while (start < prompt.length && start < whole.length && prompt[start] === whole[start]) start++;
  return { start, tokens: whole.slice(start) };
}

/**
 * The same, of an option that is to be scored.
 * @throws FaultError 'bad-prompt' where it has no tokens of its own, or merges with the whole prompt
 */
export function scorableTokens(
  prompt: readonly number[],
  whole: readonly number[],
  option: string,
): ReturnType<typeof optionTokens> {
  const found = optionTokens(prompt, whole);
  if (found.tokens.length === 0)
    throw new FaultError(
      fault('bad-prompt', `The option "${option}" has no tokens of its own, so it cannot be scored.`),
    );
  if (found.start === 0)
    throw new FaultError(
      fault('bad-prompt', `The option "${option}" merges with the whole prompt, so it cannot be scored.`),
    );
  return found;
}
