import { at } from '../../../../src/core/json.ts';
import { textAt } from '../../../../src/core/servers/exchange.ts';
import { MODELS, ok, promptOf, row, usage, type Answer, type FakeServer, type Way } from '../answers.ts';
import { IMAGE, likeliest, textOf, tokenize } from '../toy-model.ts';

function llamaChat(body: unknown, fake: FakeServer): Answer {
  const { turn, ids } = promptOf(body, fake);
  const forced = [...(textAt(body, 'grammar') ?? '').matchAll(/<\[(\d+)\]>/g)].map((m) => Number(m[1]));
  const limit = Number(at(body, 'max_tokens') ?? 1);
  if (forced.length > 0 && limit !== forced.length) return { status: 500, body: { error: { message: 'grammar' } } };
  const content: unknown[] = [];
  const out: number[] = [];
  for (let i = 0; i < limit; i++) {
    const p = row([...ids, ...out], turn.images, body, fake);
    const id = forced[i] ?? likeliest(p, 1)[0]?.id ?? 0;
    const top = likeliest(p, Number(at(body, 'top_logprobs') ?? 1));
    const told = fake.lies.has('wrong ids') && forced.length > 1 ? id + 1 : id;
    const logprob = fake.lies.has('after the mask') && forced.length > 0 ? 0 : p[id];
    const entry = (t: number) => ({ id: t, token: textOf([t]), bytes: [t] });
    content.push({ ...entry(told), logprob, top_logprobs: top.map((t) => ({ ...entry(t.id), logprob: t.logprob })) });
    out.push(id);
  }
  const message = { role: 'assistant', content: textOf(out) };
  const logprobs = at(body, 'logprobs') === true ? { content } : null;
  return ok({ choices: [{ message, logprobs }], usage: usage(ids, limit) });
}

export const LLAMA: Readonly<Record<string, Way>> = {
  '/v1/models': MODELS('llamacpp'),
  '/props': () => ok({ modalities: { vision: true }, build_info: 'b0', model_ftype: 'all F32', chat_template: '' }),
  '/tokenize': (body) =>
    ok({ tokens: tokenize(textAt(body, 'content') ?? '').map((id) => ({ id, piece: textOf([id]) })) }),
  '/apply-template': (body, fake) =>
    ok({ prompt: promptOf(body, fake).text.replaceAll(textOf([IMAGE]), '<__media__>') }),
  '/v1/chat/completions': llamaChat,
};
