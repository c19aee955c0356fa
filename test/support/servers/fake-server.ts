import { at } from '../../../src/core/json.ts';
import { idsAt, listAt, textAt } from '../../../src/core/servers/exchange.ts';
import { BOS, IMAGE, likeliest, logprobs, rendered, textOf, tokenize, type Turn } from './toy-model.ts';

/** What a server does wrong, on command. */
export type Lie =
  | 'image ignored'
  | 'question ignored'
  | 'no images'
  | 'after the mask'
  | 'no ids'
  | 'no bos'
  | 'bos never'
  | 'wrong ids'
  | 'temperature'
  | 'more than 1'
  | 'unrepeatable'
  | 'other template'
  | 'no tokens in'
  | 'no logprobs'
  | 'no letters on top'
  | 'template of a request';

export interface Ask {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server of a kind over the toy model, in the shapes of the recordings in test/data/servers. */
export interface FakeServer {
  readonly lies: Set<Lie>;
  /** Everything that it was asked. */
  readonly asked: Ask[];
  /** Answers that are given instead, in their order; null: the true one. */
  readonly instead: (Answer | null)[];
  answer(ask: Ask): Answer;
}

export type FakeKind = 'vllm' | 'llamacpp' | 'openai' | 'sglang' | 'gemini' | 'anthropic';

export function fakeServer(kind: FakeKind, ...lies: readonly Lie[]): FakeServer {
  const fake: FakeServer = {
    ...{ lies: new Set(lies), asked: [], instead: [] },
    answer: (ask) => {
      fake.asked.push(ask);
      const other = fake.instead.shift();
      if (other) return other;
      const way = WAYS[kind][ask.path];
      return way ? way(ask.body, fake) : { status: 404, body: { detail: 'Not Found' } };
    },
  };
  return fake;
}

type Way = (body: unknown, fake: FakeServer) => Answer;
const ok = (body: unknown): Answer => ({ status: 200, body });
const refused = (message: string): Answer => ({ status: 400, body: { error: { message, type: 'BadRequestError' } } });

function turnOf(body: unknown): Turn {
  const messages = listAt(body, 'messages') ?? [];
  const content = messages.flatMap((m) => (textAt(m, 'role') === 'user' ? (listAt(m, 'content') ?? []) : []));
  return {
    system: messages.map((m) => (textAt(m, 'role') === 'system' ? (textAt(m, 'content') ?? '') : '')).join(''),
    text: content.map((c) => textAt(c, 'text') ?? '').join(''),
    images: content.flatMap((c) => textAt(c, 'image_url', 'url') ?? []),
  };
}

/** The next token's log p as this server tells it. */
function row(ids: readonly number[], images: readonly string[], body: unknown, { lies, asked }: FakeServer): number[] {
  const seen = lies.has('image ignored') ? [] : images;
  const noise = lies.has('unrepeatable') ? asked.length : 0;
  const read = lies.has('question ignored') ? [] : ids;
  const true_ = logprobs(noise === 0 ? read : [...read, noise], seen);
  const scale = lies.has('temperature') ? 1 / Math.max(1, Number(at(body, 'temperature') ?? 1)) : 1;
  return true_.map((p) => (lies.has('more than 1') ? p / 4 : p * scale));
}

function promptOf(body: unknown, { lies }: FakeServer): { turn: Turn; text: string; ids: number[] } {
  const turn = turnOf(body);
  const special = at(body, 'add_special_tokens') === true && !lies.has('bos never');
  return { turn, ...rendered(turn, lies.has('no bos') || lies.has('bos never') ? special : false) };
}

const usage = (ids: readonly number[], output = 1) => ({ prompt_tokens: ids.length, completion_tokens: output });
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
  const limit = Number(at(body, 'max_tokens') ?? 1);
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

/** Greedy text. */
function written(ids: readonly number[], images: readonly string[], limit: number, fake: FakeServer): string {
  let out: number[] = [];
  for (let i = 0; i < limit; i++) {
    const [best] = likeliest(row([...ids, ...out], images, null, fake), 1);
    out = [...out, best?.id ?? 0];
  }
  return textOf(out);
}

function promptRows(ids: readonly number[], images: readonly string[], body: unknown, fake: FakeServer): unknown[] {
  return ids.map((id, i) => {
    if (i === 0) return null;
    const p = row(ids.slice(0, i), images, body, fake)[id] ?? 0;
    return { [String(fake.lies.has('wrong ids') ? id + 1 : id)]: { logprob: p, rank: 1, decoded_token: textOf([id]) } };
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

const MODELS =
  (owner: string): Way =>
  () =>
    ok({ object: 'list', data: [{ id: 'toy', owned_by: owner, root: '/toy' }] });

const VLLM: Readonly<Record<string, Way>> = {
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

const LLAMA: Readonly<Record<string, Way>> = {
  '/v1/models': MODELS('llamacpp'),
  '/props': (_, { lies }) =>
    ok({ modalities: { vision: !lies.has('no images') }, build_info: 'b0', model_ftype: 'all F32', chat_template: '' }),
  '/tokenize': (body) =>
    ok({ tokens: tokenize(textAt(body, 'content') ?? '').map((id) => ({ id, piece: textOf([id]) })) }),
  '/apply-template': (body, fake) =>
    ok({ prompt: promptOf(body, fake).text.replaceAll(textOf([IMAGE]), '<__media__>') }),
  '/v1/chat/completions': llamaChat,
};

/** Texts instead of ids, 20 at most; a bias that is honoured. */
function openaiChat(body: unknown, fake: FakeServer): Answer {
  const { turn, ids } = promptOf(body, fake);
  const p = row(ids, turn.images, body, fake);
  const top = likeliest(p, 20).filter((t) => !fake.lies.has('no letters on top') || t.id !== 65);
  const lifted = fake.lies.has('no letters on top')
    ? top
    : [
        { id: 65, logprob: p[65] ?? 0 },
        { id: 66, logprob: p[66] ?? 0 },
        ...top.slice(0, 18).filter((t) => t.id !== 65 && t.id !== 66),
      ];
  const bias = at(body, 'logit_bias');
  const pushed = p.map((x, id) => x + Number(at(bias, String(id)) ?? 0));
  const limit = Number(at(body, 'max_tokens') ?? 1);
  const content = limit === 1 ? textOf([likeliest(pushed, 1)[0]?.id ?? 0]) : written(ids, turn.images, limit, fake);
  const entry = (t: { id: number; logprob: number }) =>
    fake.lies.has('no ids')
      ? { token: t.id === 97 ? 'A' : textOf([t.id]).trim(), logprob: t.logprob }
      : { token: textOf([t.id]), bytes: [t.id], logprob: t.logprob };
  const first = lifted[0] ?? { id: 0, logprob: 0 };
  const given = at(body, 'logprobs') === true && !fake.lies.has('no logprobs');
  const logprobs = given ? { content: [{ ...entry(first), top_logprobs: lifted.map(entry) }] } : null;
  return ok({ choices: [{ message: { role: 'assistant', content }, logprobs }], usage: usage(ids, limit) });
}

const OPENAI: Readonly<Record<string, Way>> = {
  '/v1/models': MODELS('someone'),
  '/v1/chat/completions': (body, fake) =>
    at(body, 'generation_config') === undefined ? openaiChat(body, fake) : refused('Unexpected fields'),
};

/** `/generate`: text with a placeholder for each image, rows of `[log p, id, text]`. */
function sglangGenerate(body: unknown, fake: FakeServer): Answer {
  const images = (listAt(body, 'image_data') ?? []).filter((x) => typeof x === 'string');
  const text = tokenize(textAt(body, 'text') ?? '').flatMap((id) =>
    id === IMAGE ? [IMAGE, IMAGE, IMAGE, IMAGE] : [id],
  );
  const ids = fake.lies.has('no bos') ? [BOS, ...text] : text;
  const p = row(ids, images, body, fake);
  const rows = (list: readonly number[]) => list.map((id) => [p[id], id, null]);
  const top = likeliest(p, Number(at(body, 'top_logprobs_num') ?? 0));
  const wanted = idsAt(body, 'token_ids_logprob');
  const prompt = ids.map((id, i) => {
    const told = fake.lies.has('wrong ids') ? id + 1 : id;
    return i === 0 ? [null, told, null] : [row(ids.slice(0, i), images, body, fake)[id], told, null];
  });
  return ok({
    text: textOf([likeliest(p, 1)[0]?.id ?? 0]),
    meta_info: {
      ...{ prompt_tokens: ids.length, completion_tokens: 1 },
      output_token_ids_logprobs: wanted === null ? null : [rows(wanted)],
      output_top_logprobs: top.length === 0 ? null : [rows(top.map((t) => t.id))],
      ...(at(body, 'logprob_start_len') === 0 ? { input_token_logprobs: prompt } : {}),
    },
  });
}

const SGLANG: Readonly<Record<string, Way>> = {
  '/v1/models': MODELS('sglang'),
  '/tokenize': (body) => ok({ tokens: tokenize(textAt(body, 'prompt') ?? ''), count: 0, max_model_len: 4096 }),
  '/generate': sglangGenerate,
  '/v1/chat/completions': openaiChat,
};

/** A turn in Gemini's shape: the likeliest tokens by text and id, or none on models that give none. */
function gemini(body: unknown, fake: FakeServer): Answer {
  const parts = listAt(body, 'contents', 0, 'parts') ?? [];
  const turn: Turn = {
    system: textAt(body, 'systemInstruction', 'parts', 0, 'text') ?? '',
    text: parts.map((p) => textAt(p, 'text') ?? '').join(''),
    images: parts.flatMap((p) => textAt(p, 'inlineData', 'data') ?? []),
  };
  if (at(body, 'generationConfig', 'responseLogprobs') === true && fake.lies.has('no logprobs'))
    return {
      status: 400,
      body: { error: { code: 400, message: 'Logprobs is not enabled', status: 'INVALID_ARGUMENT' } },
    };
  const { ids } = rendered(turn, false);
  const p = row(ids, turn.images, body, fake);
  const limit = Number(at(body, 'generationConfig', 'maxOutputTokens') ?? 1);
  const likely = likeliest(p, 20).filter((t) => t.id !== 65 && t.id !== 66);
  const letters = fake.lies.has('no letters on top') ? [] : [65, 66].map((id) => ({ id, logprob: p[id] ?? 0 }));
  const candidates = [...letters, ...likely].slice(0, 20);
  const named = candidates.map((t) => ({ token: textOf([t.id]), tokenId: t.id, logProbability: t.logprob }));
  const text = written(ids, turn.images, limit, fake);
  const asked = at(body, 'generationConfig', 'responseLogprobs') === true;
  return ok({
    candidates: [
      {
        content: { role: 'model', parts: [{ text }] },
        finishReason: 'MAX_TOKENS',
        ...(asked ? { logprobsResult: { topCandidates: [{ candidates: named }], chosenCandidates: [] } } : {}),
      },
    ],
    usageMetadata: { promptTokenCount: ids.length, candidatesTokenCount: limit, totalTokenCount: ids.length + limit },
    modelVersion: 'toy-001',
  });
}

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

const WAYS: Readonly<Record<FakeKind, Readonly<Record<string, Way>>>> = {
  ...{ vllm: VLLM, llamacpp: LLAMA, openai: OPENAI, sglang: SGLANG },
  gemini: { '/v1beta/models/toy:generateContent': gemini },
  anthropic: { '/v1/messages': anthropic },
};
