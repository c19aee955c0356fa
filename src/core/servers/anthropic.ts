import { fail, ok, type Result } from '../fault.ts';
import { dataOf, type ChatPrompt, type Drawn } from './chat.ts';
import { finiteAt, listAt, post, strange, textAt, type HttpAsk } from './exchange.ts';

/** Anthropic's messages: text only. */
export function anthropicAsk(
  model: string,
  { system, parts }: ChatPrompt,
  limit: number,
  more: Readonly<Record<string, unknown>> = {},
): HttpAsk {
  return post('/v1/messages', {
    model,
    max_tokens: limit,
    temperature: 0,
    ...(system === null ? {} : { system }),
    messages: [{ role: 'user', content: parts.map(part) }],
    ...more,
  });
}

function part(p: ChatPrompt['parts'][number]): unknown {
  if (p.kind === 'text') return { type: 'text', text: p.text };
  const { type, data } = dataOf(p.url);
  return { type: 'image', source: { type: 'base64', media_type: type, data } };
}

/** A reply that is drawn: it knows no seed, and newer models take one of temperature and top_p only. */
export function anthropicDrawn(drawn: Drawn | null): Readonly<Record<string, unknown>> {
  return drawn === null ? {} : { temperature: Math.min(1, drawn.temperature) };
}

export interface AnthropicReply {
  readonly text: string;
  /** It ended at the limit of new tokens. */
  readonly atLimit: boolean;
  readonly promptTokens: number;
  readonly newTokens: number;
}

export function readAnthropic(body: unknown): Result<AnthropicReply> {
  const blocks = listAt(body, 'content');
  if (blocks === null) return fail(strange('a question', 'it has no content'));
  return ok({
    text: blocks.map((b) => (textAt(b, 'type') === 'text' ? (textAt(b, 'text') ?? '') : '')).join(''),
    atLimit: textAt(body, 'stop_reason') === 'max_tokens',
    promptTokens: finiteAt(body, 'usage', 'input_tokens') ?? 0,
    newTokens: finiteAt(body, 'usage', 'output_tokens') ?? 0,
  });
}
