import { at } from '../../../../src/core/json.ts';
import { listAt, textAt } from '../../../../src/core/servers/exchange.ts';
import { ok, written, type Answer, type FakeServer, type Way } from '../answers.ts';
import { rendered, type Turn } from '../toy-model.ts';

/** A turn in Anthropic's shape: text alone. */
function anthropic(body: unknown, fake: FakeServer): Answer {
  const content = listAt(body, 'messages', 0, 'content') ?? [];
  const turn: Turn = {
    system: textAt(body, 'system') ?? '',
    text: content.map((c) => textAt(c, 'text') ?? '').join(''),
    images: content.flatMap((c) => textAt(c, 'source', 'data') ?? []),
  };
  const { ids } = rendered(turn, false);
  const limit = Number(at(body, 'max_tokens') ?? 1);
  return ok({
    ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'toy', stop_reason: 'max_tokens' },
    content: [{ type: 'text', text: written(ids, turn.images, limit, fake) }],
    usage: { input_tokens: ids.length, output_tokens: limit },
  });
}

export const ANTHROPIC: Readonly<Record<string, Way>> = { '/v1/messages': anthropic };
