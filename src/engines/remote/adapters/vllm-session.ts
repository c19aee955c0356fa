import type { Letter } from '../../../core/benchmark/types.ts';
import { fault, FaultError, orThrow } from '../../../core/fault.ts';
import { byId, readChat, type ChatPrompt, type ChatReply } from '../../../core/servers/chat.ts';
import type { HttpAsk } from '../../../core/servers/exchange.ts';
import { readTokenize, tokenizeAsk, topAsk, type VllmPrompt } from '../../../core/servers/vllm.ts';
import { bodyOf, type AdapterParts } from '../adapter.ts';
import type { Send } from '../transport.ts';

/** What was found out about the server. */
export interface Known {
  model: string;
  /** The tokenizer's beginning-of-sequence token has to be asked for. */
  special: boolean;
  letters: Readonly<Record<Letter, number>> | null;
  gd: 'logprob_token_ids' | 'allowed_token_ids' | null;
  tokensIn: boolean;
  /** The server takes this template from a request, so that options stand behind the prompt as they are. */
  template: string | null;
}

/** A prompt as the server reads it. */
export interface Read {
  readonly text: string;
  /** With images expanded. */
  readonly ids: readonly number[];
}

/** A vLLM server and what was found out about it. */
export interface VllmSession {
  readonly send: Send;
  readonly known: Known;
  of(prompt: ChatPrompt): VllmPrompt;
  chat(ask: HttpAsk, what: string): Promise<ChatReply>;
  tokenize(text: string, special: boolean): Promise<readonly number[]>;
  readPrompt(prompt: ChatPrompt): Promise<Read>;
}

export function vllmSession({ send, model }: Pick<AdapterParts, 'send' | 'model'>): VllmSession {
  const known: Known = { model, special: false, letters: null, gd: null, tokensIn: false, template: null };
  const of = (prompt: ChatPrompt): VllmPrompt => ({ model: known.model, prompt, special: known.special });
  const chat = async (ask: HttpAsk, what: string): Promise<ChatReply> =>
    orThrow(readChat(await bodyOf(send, ask, what)));
  return {
    ...{ send, known, of, chat },
    tokenize: async (text, special) =>
      orThrow(readTokenize(await bodyOf(send, tokenizeAsk(known.model, text, special), '/tokenize'))),
    readPrompt: async (prompt) => {
      const reply = await chat(topAsk(of(prompt), 1), 'a question');
      if (reply.promptIds !== null) return { text: reply.promptText ?? '', ids: reply.promptIds };
      throw new FaultError(
        fault('unsupported', 'This vLLM does not say which tokens it reads (return_token_ids). Update it.'),
      );
    },
  };
}

/** log p of these tokens at the first place of a reply. */
export function nextOf(reply: ChatReply, ids: readonly number[]): ReadonlyMap<number, number> {
  const first = reply.tokens[0];
  const at = first ? byId(first) : new Map<number, number>();
  const missing = ids.find((id) => !at.has(id));
  if (missing === undefined) return at;
  throw new FaultError(
    fault('server-wrong', `The server gives no log-probability of token ${missing}, which was asked for.`),
  );
}
