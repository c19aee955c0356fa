import { fail, fault, ok, toFault, type Result } from '../../core/fault.ts';
import type { OptionScore } from '../../core/records/record.ts';
import type { ServerCertificate, ServerInfo } from '../../core/servers/config.ts';
import type { ChatPrompt } from '../../core/servers/chat.ts';
import { suspectsIn } from '../../core/servers/tokens.ts';
import type { Generated, TextEngine, TextPrompt } from '../text.ts';
import type { Adapter, Ways } from './adapter.ts';
import type { Transport } from './transport.ts';

export interface RemoteTextParts {
  readonly adapter: Adapter;
  readonly ways: Pick<Ways, 'ps'>;
  readonly server: ServerInfo;
  /** Where the connection is this model's own: it ends with it, and a call that is given up ends it. */
  readonly transport?: Transport;
  /** Where it is certified by itself, and not with a run's model. */
  readonly certificate?: ServerCertificate;
  readonly messages?: readonly string[];
  /** The model as it was asked for, where the server has another name for it. */
  readonly name?: string;
}

/**
 * A model behind a server asked without an image, by the adapter that asks it with one: replies, and likelihoods where it gives PS. It lives as long as the
 * adapter's connection does.
 */
export function remoteText({ adapter, ways, server, transport, ...rest }: RemoteTextParts): TextEngine {
  const isControl = remembered((text) => adapter.isControl(text));

  /** @throws FaultError, or returns what is wrong with the prompt alone */
  async function asked<T>(
    prompt: TextPrompt,
    signal: AbortSignal | undefined,
    work: (p: ChatPrompt) => Promise<T>,
  ): Promise<Result<T>> {
    if (signal?.aborted) return fail(fault('stopped', 'The work was stopped.'));
    const stop = (): void => transport?.end('the work was stopped');
    signal?.addEventListener('abort', stop);
    try {
      const read = await controlIn(prompt, isControl);
      return read === null ? ok(await work(promptOf(prompt))) : fail(read);
    } catch (e) {
      return fail(toFault(e));
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  return {
    facts: {
      id: textId(rest.name ?? server.model, server.host),
      // No server tells the hash of its weights.
      sha256: '',
      dtype: server.dtype ?? 'not stated',
      ...{ files: [], device: 'server', certificate: rest.certificate ?? null, messages: rest.messages ?? [] },
    },
    generate: ({ prompt, limit, sampling }, signal) =>
      asked(prompt, signal, async (p): Promise<Generated> => {
        const { text, cut, atLimit, newTokens } = await adapter.write(p, limit, sampling ?? null);
        return { text, tokens: newTokens, ended: cut || atLimit ? 'limit' : 'model' };
      }),
    likelihoods: async ({ prompt, texts }, signal) => {
      if (ways.ps === null) return fail(fault('unsupported', 'This server gives no log-probabilities of a text.'));
      return asked(prompt, signal, async (p) => {
        const found: OptionScore[] = [];
        // Two at a time, as options are read: their prompt is then in the server's cache.
        for (let i = 0; i < texts.length; i += 2) {
          const [A = '', B = A] = texts.slice(i, i + 2);
          const { options } = await adapter.options(p, { A, B });
          found.push(scoreOf(options.A.tokenLogprobs, options.A.tokens));
          if (i + 1 < texts.length) found.push(scoreOf(options.B.tokenLogprobs, options.B.tokens));
        }
        return found;
      });
    },
    ...(transport === undefined ? {} : { work: () => Promise.resolve(workOf(transport)) }),
    end: () => transport?.end('it is needed no more'),
  };
}

/** How results name a model on a server that is asked in text alone. */
export function textId(model: string, host: string): string {
  return `${model} at ${host}`;
}

function workOf(transport: Transport) {
  const { input, output } = transport.usage();
  return { computed: input, reused: 0, decoded: output };
}

export function promptOf({ system, user }: TextPrompt): ChatPrompt {
  return { system, parts: [{ kind: 'text', text: user }], thinking: 'off' };
}

function scoreOf(tokenLogprobs: readonly number[], tokens: readonly number[]): OptionScore {
  const sum = tokenLogprobs.reduce((total, p) => total + p, 0);
  return { tokens, tokenLogprobs, sum, score: sum / tokens.length };
}

/** Text that the server would read as something else: "</s>" in an answer ends a turn in the middle of it. */
async function controlIn({ system, user }: TextPrompt, isControl: Adapter['isControl']) {
  for (const { token, known } of suspectsIn([
    ['', system ?? ''],
    ['', user],
  ]))
    if ((await isControl(token)) ?? known)
      return fault(
        'bad-prompt',
        `The text holds "${token}", which the server may read as a control token and not as text: it was not sent.`,
        { token },
      );
  return null;
}

function remembered<T>(work: (text: string) => Promise<T>): (text: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (text) => {
    const found = known.get(text) ?? work(text);
    known.set(text, found);
    return found;
  };
}
