import { boundaryCheck, distance, readTextChecks } from '../../core/servers/checks.ts';
import type { ChatPrompt } from '../../core/servers/chat.ts';
import type { ServerCheck } from '../../core/servers/config.ts';
import { given, type Adapter, type Looked, type Ways } from './adapter.ts';
import { attempt } from './probe.ts';

/** What was found of a model that is asked without images. */
export interface TextProbed {
  readonly looked: Looked;
  /** How likelihoods of a text are read; null: they cannot be, or cannot be believed. */
  readonly ways: Pick<Ways, 'ps'>;
  readonly checks: readonly ServerCheck[];
}

const ask = (text: string): ChatPrompt => ({ system: null, parts: [{ kind: 'text', text }], thinking: 'off' });
const LETTER = ask('Which is larger?\nA: a mouse\nB: an elephant\nReply with the letter of the option.');
const FRANCE = ask('What is the capital of France? Reply with its name alone.');
const JAPAN = ask('What is the capital of Japan? Reply with its name alone.');
const CITIES = { A: 'Paris', B: 'Tokyo, I think' };

/**
 * Asks a server questions of our own in text alone.
 * @throws FaultError where it cannot be asked at all
 */
export async function probeText(adapter: Adapter, says: (what: string) => void): Promise<TextProbed> {
  says('the server');
  const looked = await adapter.look();
  says('how the server can be asked');
  const { ps } = await adapter.ways({ letter: LETTER, open: FRANCE, options: CITIES });
  says('whether its answers can be believed');
  const first = await adapter.fingerprint(FRANCE);
  const reads = {
    first,
    again: await adapter.fingerprint(FRANCE),
    other: await adapter.fingerprint(JAPAN),
    hot: first.top.size === 0 || adapter.greedyOnly ? null : await adapter.fingerprint(FRANCE, true),
  };
  const noise = distance(reads.first, reads.again) ?? 0;
  const checks = [
    ...readTextChecks(reads),
    ...(await attempt('likelihoods', ['ps'], ps, async () => {
      const { A } = (await adapter.options(FRANCE, CITIES)).options;
      return [boundaryCheck(given(A.tokenLogprobs[0]), given(A.firstLogprobs[0]), noise)];
    })),
  ];
  const believed = checks.every((c) => c.passed || !c.needed.includes('ps'));
  return { looked, checks, ways: { ps: believed ? ps : null } };
}
