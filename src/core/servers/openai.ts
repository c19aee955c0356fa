import { messagesOf, thinkingBody, type ChatPrompt } from './chat.ts';
import { post, serverWords, type HttpAnswer, type HttpAsk } from './exchange.ts';

/*
 * What all OpenAI-compatible servers share. Little can be relied on: fields are ignored without a word (logprobs on transformers serve), refused by name
 * (max_tokens on OpenAI's newer models), or mean another thing, so each is tried before it is used.
 */

/** How a server of this kind wants to be asked; found out by trying. */
export interface OpenAiStyle {
  readonly limitField: 'max_tokens' | 'max_completion_tokens';
  /** Newer reasoning models take no temperature. */
  readonly temperature: boolean;
  /** The server takes chat_template_kwargs, and the template may be told not to think. */
  readonly template: boolean;
}
export const USUAL_STYLE: OpenAiStyle = { limitField: 'max_tokens', temperature: true, template: false };

export function chatAsk(
  model: string,
  prompt: ChatPrompt,
  limit: number,
  style: OpenAiStyle,
  more: Readonly<Record<string, unknown>> = {},
): HttpAsk {
  const { temperature = 0, top_p, ...rest } = more;
  return post('/v1/chat/completions', {
    model,
    messages: messagesOf(prompt),
    [style.limitField]: limit,
    ...(style.temperature ? { temperature, ...(top_p === undefined ? {} : { top_p }) } : {}),
    ...(style.template ? thinkingBody(prompt.thinking) : {}),
    stream: false,
    ...rest,
  });
}

/** The likeliest tokens at the first place of the answer; OpenAI takes at most 20. */
export const TOP = { logprobs: true, top_logprobs: 20 };

/** The style that an error asks for; null where it asks for none that we have. */
export function otherStyle(style: OpenAiStyle, { status, body }: HttpAnswer): OpenAiStyle | null {
  if (status !== 400 && status !== 422) return null;
  const words = serverWords(body);
  if (style.limitField === 'max_tokens' && /max_completion_tokens/.test(words))
    return { ...style, limitField: 'max_completion_tokens' };
  if (style.temperature && /temperature/i.test(words)) return { ...style, temperature: false };
  return null;
}

/**
 * How a choice between two tokens is forced: both are pushed above all others by the same amount, so that the likelier one is written. No whole number:
 * transformers takes a bias only as a float, and JSON has no other way to say so.
 */
export const PUSH = 99.5;

/** transformers serve: a bias on sequences of tokens, as text of its own. */
export function sequenceBias(bias: ReadonlyMap<number, number>): Readonly<Record<string, unknown>> {
  const sequence_bias = [...bias].map(([id, value]) => [[id], value]);
  return { generation_config: JSON.stringify({ max_new_tokens: 1, do_sample: false, sequence_bias }) };
}

/** OpenAI's own field; honoured by most, ignored by some. */
export function logitBias(bias: ReadonlyMap<number, number>): Readonly<Record<string, unknown>> {
  return { logit_bias: Object.fromEntries([...bias].map(([id, value]) => [String(id), value])) };
}
