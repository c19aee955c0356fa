import { captionFault } from '../core/drafting/captions.ts';
import { readDiscovered } from '../core/drafting/discovery.ts';
import { DISCOVERY_CAPTIONS, discoveryPrompt } from '../core/drafting/prompts.ts';
import { fault, FaultError } from '../core/fault.ts';
import { promptHash } from './draft-pairs.ts';
import type { OpenWriter } from './writer.ts';

/** New tokens of a list of categories. */
const LIST_TOKENS = 512;

/** What the writer makes of the captions (A.2's first prompt). */
export interface Discovered {
  /** Empty where the reply names none. */
  readonly categories: readonly string[];
  readonly reply: string;
  /** How many captions were shown: at most 100, fewer where the writer's context takes no more. */
  readonly captions: number;
  readonly prompt_sha256: string;
}

/**
 * Asks the writer for general categories of the captions, each caption once. Captions that must not be sent are left out; where the context is too short, half
 * of the captions are shown, and half of those.
 * @throws FaultError 'bad-argument' without a caption; what kept the writer from answering
 */
export async function discoverCategories(
  captions: readonly (string | null)[],
  {
    engine,
    controlTokens,
  }: { readonly engine: Pick<OpenWriter['engine'], 'generate'> } & Pick<OpenWriter, 'controlTokens'>,
  signal: AbortSignal,
): Promise<Discovered> {
  const all = [...new Set(captions.flatMap((c) => (c === null || c.trim() === '' ? [] : [c])))];
  const good = all.filter((c) => captionFault(c, controlTokens) === null).slice(0, DISCOVERY_CAPTIONS);
  if (good.length === 0)
    throw new FaultError(fault('bad-argument', 'There is no caption from which categories could be found.'));
  for (let count = good.length; ; count = Math.ceil(count / 2)) {
    const prompt = discoveryPrompt(good.slice(0, count));
    const reply = await engine.generate({ prompt, limit: LIST_TOKENS }, signal);
    if (reply.ok) {
      const { text } = reply.value;
      return {
        categories: readDiscovered(text),
        reply: text,
        captions: count,
        prompt_sha256: await promptHash(prompt),
      };
    }
    if (reply.fault.code !== 'bad-prompt' || count === 1) throw new FaultError(reply.fault);
  }
}
