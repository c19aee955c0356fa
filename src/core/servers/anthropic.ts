import { fail, ok, type Result } from '../fault.ts';
import type { ChatPrompt } from './chat.ts';
import { finiteAt, listAt, post, strange, textAt, type HttpAsk } from './exchange.ts';

/** Anthropic's messages: text only. */
export function anthropicAsk(model: string, { system, parts }: ChatPrompt, limit: number): HttpAsk {
  return post('/v1/messages', {
    model,
    max_tokens: limit,
    temperature: 0,
    ...(system === null ? {} : { system }),
    messages: [{ role: 'user', content: parts.map(part) }],
  });
}

function part(p: ChatPrompt['parts'][number]): unknown {
  if (p.kind === 'text') return { type: 'text', text: p.text };
  const [head = '', data = ''] = p.url.split(',');
  const media_type = /^data:([^;,]+)/.exec(head)?.[1] ?? 'image/png';
  return { type: 'image', source: { type: 'base64', media_type, data } };
}

export interface AnthropicReply {
  readonly text: string;
  readonly promptTokens: number;
  readonly newTokens: number;
}

export function readAnthropic(body: unknown): Result<AnthropicReply> {
  const blocks = listAt(body, 'content');
  if (blocks === null) return fail(strange('a question', 'it has no content'));
  return ok({
    text: blocks.map((b) => (textAt(b, 'type') === 'text' ? (textAt(b, 'text') ?? '') : '')).join(''),
    promptTokens: finiteAt(body, 'usage', 'input_tokens') ?? 0,
    newTokens: finiteAt(body, 'usage', 'output_tokens') ?? 0,
  });
}
