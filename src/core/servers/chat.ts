import { at } from '../json.ts';
import { splitThought } from '../chat/thought.ts';
import type { Thinking } from '../chat/settings.ts';
import { fail, ok, type Result } from '../fault.ts';
import { finiteAt, idsAt, listAt, strange, textAt } from './exchange.ts';

/** A user's turn: texts and images (data URLs) in the order in which they are shown, behind an optional system text. */
export interface ChatPrompt {
  readonly system: string | null;
  readonly parts: readonly ChatPart[];
  readonly thinking: Thinking;
}
export type ChatPart =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'image'; readonly url: string };

/** How a reply is drawn; greedily where nothing is said. */
export interface Drawn {
  /** Above 0. */
  readonly temperature: number;
  /** Smallest share of the probability that the candidates hold together. */
  readonly topP: number;
  /** Servers that know none draw anew each time. */
  readonly seed: number;
}

/** The same in OpenAI's form. */
export function drawnBody(drawn: Drawn | null): Readonly<Record<string, unknown>> {
  return drawn === null ? {} : { temperature: drawn.temperature, top_p: drawn.topP, seed: drawn.seed };
}

/** Messages in OpenAI's form, which vLLM, llama.cpp, SGLang and transformers serve share. */
export function messagesOf({ system, parts }: ChatPrompt): readonly unknown[] {
  const content = parts.map((p) =>
    p.kind === 'text' ? { type: 'text', text: p.text } : { type: 'image_url', image_url: { url: p.url } },
  );
  return [...(system === null ? [] : [{ role: 'system', content: system }]), { role: 'user', content }];
}

/** An image's data URL in its parts, for services that take no URLs. */
export function dataOf(url: string): { readonly type: string; readonly data: string } {
  const [head = '', data = ''] = url.split(',');
  return { type: /^data:([^;,]+)/.exec(head)?.[1] ?? 'image/png', data };
}

/** What a template is told of thinking; nothing where it is left to its own habit. */
export function thinkingBody(thinking: Thinking): Readonly<Record<string, unknown>> {
  return thinking === 'auto' ? {} : { chat_template_kwargs: { enable_thinking: thinking === 'on' } };
}

/** A likely next token as a server names it. `id` null: by its text only. */
export interface TopToken {
  readonly id: number | null;
  readonly text: string;
  /** UTF-8 bytes; null where the server does not say, and then two tokens may look the same. */
  readonly bytes: readonly number[] | null;
  readonly logprob: number;
}

/** A reply in OpenAI's form. */
export interface ChatReply {
  readonly text: string;
  readonly thought: string | null;
  /** It ended inside its thought. */
  readonly cut: boolean;
  /** It ended at the limit of new tokens. */
  readonly atLimit: boolean;
  readonly promptTokens: number;
  readonly newTokens: number;
  /** Of each new token: itself, then the likeliest ones. Empty: no log-probabilities. */
  readonly tokens: readonly { readonly own: TopToken; readonly top: readonly TopToken[] }[];
  /** Ids of the prompt, images expanded, where the server was asked for them. */
  readonly promptIds: readonly number[] | null;
  readonly promptText: string | null;
}

export function readChat(body: unknown): Result<ChatReply> {
  const message = at(body, 'choices', 0, 'message');
  if (message === undefined) return fail(strange('a chat', 'it has no message'));
  const written = textAt(message, 'content') ?? '';
  const own = textAt(message, 'reasoning_content') ?? textAt(message, 'reasoning');
  const { thought, answer } = splitThought(written, false);
  return ok({
    text: answer ?? '',
    thought: own !== null && own !== '' ? own : thought,
    cut: answer === null || (written === '' && (own ?? '') !== ''),
    atLimit: textAt(body, 'choices', 0, 'finish_reason') === 'length',
    promptTokens: finiteAt(body, 'usage', 'prompt_tokens') ?? 0,
    newTokens: finiteAt(body, 'usage', 'completion_tokens') ?? 0,
    tokens: (listAt(body, 'choices', 0, 'logprobs', 'content') ?? []).flatMap(readToken),
    promptIds: idsAt(body, 'prompt_token_ids'),
    promptText: textAt(body, 'prompt_text'),
  });
}

function readToken(entry: unknown): ChatReply['tokens'] {
  const own = topToken(entry);
  if (own === null) return [];
  return [{ own, top: (listAt(entry, 'top_logprobs') ?? []).flatMap((t) => topToken(t) ?? []) }];
}

/** A token with its number; null where it has none that is finite. */
function topToken(entry: unknown): TopToken | null {
  const text = textAt(entry, 'token');
  const logprob = finiteAt(entry, 'logprob');
  if (text === null || logprob === null) return null;
  // vLLM writes ids as text when asked to; llama.cpp has a field.
  const written = /^token_id:(\d+)$/.exec(text)?.[1];
  const id = finiteAt(entry, 'id') ?? (written === undefined ? null : Number(written));
  return { id, text, bytes: written === undefined ? idsAt(entry, 'bytes') : null, logprob };
}

/** log p by id: of the new token itself and of those named beside it. */
export function byId({ own, top }: ChatReply['tokens'][number]): ReadonlyMap<number, number> {
  return new Map([...top, own].flatMap((t) => (t.id === null ? [] : [[t.id, t.logprob] as const])));
}

/** What can be said of a text among the likeliest tokens. */
export type FoundByText =
  | { readonly kind: 'found'; readonly logprob: number }
  /** Two tokens look the same: which of them is the letter, nobody can tell. */
  | { readonly kind: 'ambiguous' }
  /** Less likely than the last one named; never a score. */
  | { readonly kind: 'outside'; readonly atMost: number };

/** Finds a token by its text. Where bytes are given they decide: " A" and "A" may both be printed "A". */
export function findByText(top: readonly TopToken[], text: string): FoundByText {
  const bytes = [...new TextEncoder().encode(text)].join();
  const same = top.filter((t) => (t.bytes === null ? t.text === text : t.bytes.join() === bytes));
  const [found, other] = same;
  if (found && !other) return { kind: 'found', logprob: found.logprob };
  if (found) return { kind: 'ambiguous' };
  return { kind: 'outside', atMost: Math.min(...top.map((t) => t.logprob)) };
}
