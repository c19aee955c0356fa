import { at } from '../../../src/core/json.ts';
import { listAt, textAt } from '../../../src/core/servers/exchange.ts';
import { likeliest, logprobs, rendered, textOf, type Turn } from './toy-model.ts';

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
  | 'template of a request'
  | 'short context';

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

/** How a server answers on one path. */
export type Way = (body: unknown, fake: FakeServer) => Answer;
export const ok = (body: unknown): Answer => ({ status: 200, body });
export const refused = (message: string): Answer => ({
  status: 400,
  body: { error: { message, type: 'BadRequestError' } },
});

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
export function row(
  ids: readonly number[],
  images: readonly string[],
  body: unknown,
  { lies, asked }: FakeServer,
): number[] {
  const seen = lies.has('image ignored') ? [] : images;
  const noise = lies.has('unrepeatable') ? asked.length : 0;
  const read = lies.has('question ignored') ? [] : ids;
  const true_ = logprobs(noise === 0 ? read : [...read, noise], seen);
  const scale = lies.has('temperature') ? 1 / Math.max(1, Number(at(body, 'temperature') ?? 1)) : 1;
  return true_.map((p) => (lies.has('more than 1') ? p / 4 : p * scale));
}

export function promptOf(body: unknown, { lies }: FakeServer): { turn: Turn; text: string; ids: number[] } {
  const turn = turnOf(body);
  const special = at(body, 'add_special_tokens') === true && !lies.has('bos never');
  return { turn, ...rendered(turn, lies.has('no bos') || lies.has('bos never') ? special : false) };
}

export const usage = (ids: readonly number[], output = 1) => ({ prompt_tokens: ids.length, completion_tokens: output });
/** Greedy text. */
export function written(ids: readonly number[], images: readonly string[], limit: number, fake: FakeServer): string {
  let out: number[] = [];
  for (let i = 0; i < limit; i++) {
    const [best] = likeliest(row([...ids, ...out], images, null, fake), 1);
    out = [...out, best?.id ?? 0];
  }
  return textOf(out);
}

/** log p of every token of a prompt but the first. */
export function promptRows(
  ids: readonly number[],
  images: readonly string[],
  body: unknown,
  fake: FakeServer,
): unknown[] {
  return ids.map((id, i) => {
    if (i === 0) return null;
    const p = row(ids.slice(0, i), images, body, fake)[id] ?? 0;
    return { [String(fake.lies.has('wrong ids') ? id + 1 : id)]: { logprob: p, rank: 1, decoded_token: textOf([id]) } };
  });
}

/** The list of models, by who owns them. */
export const MODELS =
  (owner: string): Way =>
  () =>
    ok({ object: 'list', data: [{ id: 'toy', owned_by: owner, root: '/toy' }] });
