import { at } from '../json.ts';
import { fail, fault, ok, type Result } from '../fault.ts';
import { dataOf, messagesOf, readChat, thinkingBody, type ChatPrompt } from './chat.ts';
import { finiteAt, listAt, post, strange, textAt, type HttpAsk } from './exchange.ts';

/*
 * llama.cpp's own way: a grammar of token ids forces any continuation, and the log p that is reported is the one before the grammar. A grammar of text
 * would take another tokenisation, so only ids are ever forced, and every id of the answer is compared.
 */

export interface LlamaPrompt {
  readonly model: string;
  readonly prompt: ChatPrompt;
  /** The template can be told whether to think. */
  readonly knowsThinking: boolean;
}

const grammarOf = (ids: readonly number[]): string => `root ::= ${ids.map((id) => `<[${id}]>`).join(' ')}`;

function base({ model, prompt, knowsThinking }: LlamaPrompt): Readonly<Record<string, unknown>> {
  return {
    model,
    messages: messagesOf(prompt),
    temperature: 0,
    cache_prompt: true,
    stream: false,
    ...(knowsThinking ? thinkingBody(prompt.thinking) : {}),
  };
}

/** These tokens, forced one after the other. `max_tokens` must be their number exactly: one more is an error. */
export function forcedAsk(p: LlamaPrompt, ids: readonly number[]): HttpAsk {
  return post('/v1/chat/completions', {
    ...base(p),
    max_tokens: ids.length,
    logprobs: true,
    top_logprobs: 1,
    grammar: grammarOf(ids),
  });
}

/** The same for builds without grammars of tokens: one token, pushed up by a bias that the reported value does not hold. */
export function pushedAsk(p: LlamaPrompt, id: number): HttpAsk {
  return post('/v1/chat/completions', {
    ...base(p),
    max_tokens: 1,
    logprobs: true,
    top_logprobs: 1,
    logit_bias: [[id, 100]],
  });
}

/** The likeliest tokens behind the prompt. */
export function llamaTopAsk(p: LlamaPrompt, top: number, more: Readonly<Record<string, unknown>> = {}): HttpAsk {
  return post('/v1/chat/completions', { ...base(p), max_tokens: 1, logprobs: true, top_logprobs: top, ...more });
}

export function writeAsk(p: LlamaPrompt, limit: number, more: Readonly<Record<string, unknown>> = {}): HttpAsk {
  return post('/v1/chat/completions', { ...base(p), max_tokens: limit, ...more });
}

/** What a probability of 0 in float32 becomes there. */
const LOWEST = -1e30;

/** log p of forced tokens; each must be the one that was forced. */
export function readForced(body: unknown, ids: readonly number[]): Result<readonly number[]> {
  const chat = readChat(body);
  if (!chat.ok) return chat;
  const { tokens } = chat.value;
  if (tokens.length !== ids.length)
    return fail(strange('forced tokens', `${tokens.length} tokens came where ${ids.length} were forced`));
  return checked(
    tokens.map(({ own }) => ({ id: own.id, logprob: own.logprob })),
    ids,
  );
}

function checked(
  tokens: readonly { readonly id: number | null; readonly logprob: number }[],
  ids: readonly number[],
): Result<readonly number[]> {
  const wrong = tokens.findIndex((t, i) => t.id !== ids[i]);
  if (wrong >= 0)
    return fail(
      strange(
        'forced tokens',
        `token ${wrong + 1} is ${tokens[wrong]?.id ?? 'without an id'} where ${ids[wrong] ?? '?'} was forced`,
      ),
    );
  if (tokens.some((t) => t.logprob > 1e-6)) return fail(strange('forced tokens', 'a log-probability is larger than 0'));
  if (tokens.some((t) => t.logprob < LOWEST))
    return fail(
      fault(
        'unsupported',
        'The server gives a token of this question the probability 0, which is below what its 32-bit numbers hold: there is no log-probability to record.',
      ),
    );
  return ok(tokens.map((t) => t.logprob));
}

export function llamaTokenizeAsk(content: string): HttpAsk {
  return post('/tokenize', { content, add_special: false, parse_special: true, with_pieces: true });
}

/** A token as /tokenize writes it. `piece` null: bytes that are no text by themselves. */
export interface Piece {
  readonly id: number;
  readonly piece: string | null;
}

export function readPieces(body: unknown): Result<readonly Piece[]> {
  const list = listAt(body, 'tokens');
  if (list === null) return fail(strange('/tokenize', 'it has no list of tokens'));
  const pieces = list.flatMap((t): Piece[] => {
    const id = finiteAt(t, 'id') ?? (typeof t === 'number' ? t : null);
    return id === null ? [] : [{ id, piece: textAt(t, 'piece') }];
  });
  return pieces.length === list.length ? ok(pieces) : fail(strange('/tokenize', 'a token has no id'));
}

/** The prompt as text, with a marker for each image. */
export function templateAsk(p: LlamaPrompt): HttpAsk {
  return post('/apply-template', {
    messages: messagesOf(p.prompt),
    ...(p.knowsThinking ? thinkingBody(p.prompt.thinking) : {}),
  });
}

/** Tokens forced behind a prompt given as text, cut where the option's first token begins earlier than the prompt ends. */
export function forcedTextAsk(prompt: string, images: readonly string[], ids: readonly number[]): HttpAsk {
  return post('/completion', {
    prompt: { prompt_string: prompt, multimodal_data: images.map((url) => dataOf(url).data) },
    temperature: 0,
    cache_prompt: true,
    n_predict: ids.length,
    n_probs: 1,
    grammar: grammarOf(ids),
    stream: false,
  });
}

export function readForcedText(body: unknown, ids: readonly number[]): Result<readonly number[]> {
  const list = listAt(body, 'completion_probabilities');
  if (list === null || list.length !== ids.length)
    return fail(strange('forced tokens', `${list?.length ?? 'no'} tokens came where ${ids.length} were forced`));
  return checked(
    list.map((t) => ({ id: finiteAt(t, 'id'), logprob: finiteAt(t, 'logprob') ?? Number.POSITIVE_INFINITY })),
    ids,
  );
}

/** What /props says. */
export interface LlamaProps {
  readonly vision: boolean;
  readonly build: string | null;
  readonly modelPath: string | null;
  readonly ftype: string | null;
  readonly knowsThinking: boolean;
}

export function readProps(body: unknown): LlamaProps {
  return {
    vision: at(body, 'modalities', 'vision') === true,
    build: textAt(body, 'build_info'),
    modelPath: textAt(body, 'model_path'),
    ftype: textAt(body, 'model_ftype'),
    knowsThinking: (textAt(body, 'chat_template') ?? '').includes('enable_thinking'),
  };
}
