import { fail, fault, ok, toFault, type Result } from '../../core/fault.ts';
import type { OptionScore } from '../../core/records/record.ts';
import type { ServerInfo } from '../../core/servers/config.ts';
import type { ChatPrompt } from '../../core/servers/chat.ts';
import type { Generated, TextEngine, TextPrompt } from '../text.ts';
import type { Adapter, Ways } from './adapter.ts';

export interface RemoteTextParts {
  readonly adapter: Adapter;
  readonly ways: Ways;
  readonly server: ServerInfo;
}

/**
 * A model behind a server asked without an image, by the adapter that asks it with one: greedy replies, and likelihoods where it gives PS. It lives as long as
 * the adapter's connection does.
 */
export function remoteText({ adapter, ways, server }: RemoteTextParts): TextEngine {
  return {
    facts: {
      id: `${server.model} at ${server.host}`,
      // No server tells the hash of its weights.
      sha256: '',
      dtype: server.dtype ?? 'not stated',
      ...{ files: [], device: 'server', certificate: null, messages: [] },
    },
    generate: async ({ prompt, limit, sampling }, signal) => {
      if (sampling) return fail(fault('unsupported', 'A model on a server is asked greedily here.'));
      return answered(signal, async (): Promise<Generated> => {
        const { text, cut } = await adapter.write(promptOf(prompt), limit);
        // How many tokens a reply has, its text does not say; nothing of a judge depends on it.
        return { text, tokens: 0, ended: cut ? 'limit' : 'model' };
      });
    },
    likelihoods: async ({ prompt, texts }, signal) => {
      if (ways.ps === null) return fail(fault('unsupported', 'This server gives no log-probabilities of a text.'));
      return answered(signal, async () => {
        const found: OptionScore[] = [];
        // Two at a time, as options are read: their prompt is then in the server's cache.
        for (let i = 0; i < texts.length; i += 2) {
          const [A = '', B = A] = texts.slice(i, i + 2);
          const { options } = await adapter.options(promptOf(prompt), { A, B });
          found.push(scoreOf(options.A.tokenLogprobs, options.A.tokens));
          if (i + 1 < texts.length) found.push(scoreOf(options.B.tokenLogprobs, options.B.tokens));
        }
        return found;
      });
    },
    end: () => undefined,
  };
}

function promptOf({ system, user }: TextPrompt): ChatPrompt {
  return { system, parts: [{ kind: 'text', text: user }], thinking: 'off' };
}

function scoreOf(tokenLogprobs: readonly number[], tokens: readonly number[]): OptionScore {
  const sum = tokenLogprobs.reduce((total, p) => total + p, 0);
  return { tokens, tokenLogprobs, sum, score: sum / tokens.length };
}

async function answered<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<Result<T>> {
  if (signal?.aborted) return fail(fault('stopped', 'The work was stopped.'));
  try {
    return ok(await work());
  } catch (e) {
    return fail(toFault(e));
  }
}
