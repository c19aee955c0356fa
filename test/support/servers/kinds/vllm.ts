import { at } from '../../../../src/core/json.ts';
import { idsAt, listAt, textAt } from '../../../../src/core/servers/exchange.ts';
import {
  MODELS,
  ok,
  promptOf,
  promptRows,
  refused,
  row,
  usage,
  written,
  type Answer,
  type FakeServer,
  type Way,
} from '../answers.ts';
import { BOS, likeliest, textOf, tokenize } from '../toy-model.ts';

const named = (id: number, logprob: number, fake: FakeServer) =>
  fake.lies.has('no ids')
    ? { token: textOf([id]).trim(), logprob }
    : { token: `token_id:${id}`, logprob, bytes: [...textOf([id])].map((c) => c.charCodeAt(0)) };

function vllmChat(body: unknown, fake: FakeServer): Answer {
  const { turn, text, ids } = promptOf(body, fake);
  if (fake.lies.has('no images') && turn.images.length > 0) return refused('At most 0 image(s) may be provided.');
  const answer = (listAt(body, 'messages') ?? []).flatMap((m) =>
    textAt(m, 'role') === 'assistant' ? (textAt(m, 'content') ?? '') : [],
  )[0];
  if (answer !== undefined) return ok(answered(ids, answer, turn.images, body, fake));
  const told = textAt(body, 'chat_template_kwargs', 'lookalike_answer');
  if (told !== null && !fake.lies.has('template of a request'))
    return refused('Chat template is passed with request, but --trust-request-chat-template is not set.');
  if (told !== null) return ok(exactly(ids, told, turn.images, body, fake));
  const p = row(ids, turn.images, body, fake);
  const allowed = fake.lies.has('no ids') ? null : (idsAt(body, 'allowed_token_ids') ?? null);
  const chosen = allowed?.[0] ?? likeliest(p, 1)[0]?.id ?? 0;
  const masked = fake.lies.has('after the mask');
  const own = masked && allowed ? 0 : (p[chosen] ?? 0);
  const wanted = fake.lies.has('no ids') || masked ? null : idsAt(body, 'logprob_token_ids');
  const top = wanted
    ? wanted.map((id) => ({ id, logprob: p[id] ?? 0 }))
    : likeliest(p, Number(at(body, 'top_logprobs') ?? 1));
  const asked = Number(at(body, 'max_tokens') ?? 1);
  // Seen on vLLM 0.32: where the context has no room for as many, fewer are written, and nothing is said of it.
  const limit = fake.lies.has('short context') ? Math.min(asked, 14) : asked;
  return ok({
    choices: [
      {
        message: { role: 'assistant', content: written(ids, turn.images, limit, fake) },
        logprobs:
          at(body, 'logprobs') === true && !fake.lies.has('no logprobs')
            ? { content: [{ ...named(chosen, own, fake), top_logprobs: top.map((t) => named(t.id, t.logprob, fake)) }] }
            : null,
        finish_reason: 'length',
      },
    ],
    usage: usage(ids, limit),
    prompt_token_ids: at(body, 'return_token_ids') === true ? ids : null,
    prompt_text: at(body, 'return_prompt_text') === true ? text : null,
    prompt_logprobs: null,
  });
}

/** The answer behind the prompt as it is, whatever the server's own template would make of it. */
function exactly(ids: readonly number[], answer: string, images: readonly string[], body: unknown, fake: FakeServer) {
  const whole = [...ids, ...tokenize(answer)];
  return {
    choices: [{ message: { role: 'assistant', content: '-' }, logprobs: null }],
    usage: usage(whole),
    prompt_logprobs: promptRows(whole, images, body, fake),
    prompt_token_ids: whole,
  };
}

function answered(ids: readonly number[], answer: string, images: readonly string[], body: unknown, fake: FakeServer) {
  const whole = [...ids, ...tokenize(fake.lies.has('other template') ? ` ${answer}` : answer)];
  return {
    choices: [{ message: { role: 'assistant', content: '-' }, logprobs: null }],
    usage: usage(whole),
    prompt_logprobs: fake.lies.has('no logprobs') ? null : promptRows(whole, images, body, fake),
    prompt_token_ids: whole,
  };
}

export const VLLM: Readonly<Record<string, Way>> = {
  '/v1/models': MODELS('vllm'),
  '/version': () => ok({ version: '0.0-toy' }),
  '/tokenize': (body, { lies }) => {
    const ids = tokenize(textAt(body, 'prompt') ?? '');
    const adds = at(body, 'add_special_tokens') === true && (lies.has('no bos') || lies.has('bos never'));
    return ok({ tokens: adds ? [BOS, ...ids] : ids });
  },
  '/v1/chat/completions': vllmChat,
  '/v1/chat/completions/render': (body, fake) => {
    if (fake.lies.has('no tokens in'))
      return { status: 403, body: { error: { message: 'Start with --enable-scale-out' } } };
    const { ids, turn } = promptOf(body, fake);
    return ok({ token_ids: ids, features: { images: turn.images } });
  },
  '/inference/v1/generate': (body, fake) => {
    const ids = idsAt(body, 'token_ids') ?? [];
    const images = (listAt(body, 'features', 'images') ?? []).filter((x) => typeof x === 'string');
    return ok({
      usage: usage(ids),
      prompt_logprobs: promptRows(ids, images, body, fake),
      choices: [{ token_ids: [1] }],
    });
  },
};
