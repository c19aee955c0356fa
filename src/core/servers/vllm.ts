import { at } from '../json.ts';
import { fail, ok, type Result } from '../fault.ts';
import { messagesOf, thinkingBody, type ChatPrompt } from './chat.ts';
import { finiteAt, idsAt, listAt, post, strange, textAt, type HttpAsk } from './exchange.ts';

/*
 * vLLM's own ways (docs/servers.md): log p of any token by its id in one request, the prompt's own log p, and ids in, so that an option is scored as the
 * tokens that the rule says. `special`: the tokenizer adds a beginning-of-sequence token that the chat template does not write.
 */

export interface VllmPrompt {
  readonly model: string;
  readonly prompt: ChatPrompt;
  readonly special: boolean;
}

const base = ({ model, prompt, special }: VllmPrompt): Readonly<Record<string, unknown>> => ({
  model,
  messages: messagesOf(prompt),
  add_special_tokens: special,
  ...thinkingBody(prompt.thinking),
});
const READS = { temperature: 0, max_tokens: 1, logprobs: true, stream: false };
const IDS = { return_tokens_as_token_ids: true, return_token_ids: true };

/** log p of these tokens behind the prompt. `top`: so many of the likeliest instead. */
export function nextAsk(p: VllmPrompt, ids: readonly number[], more: Readonly<Record<string, unknown>> = {}): HttpAsk {
  return post('/v1/chat/completions', { ...base(p), ...READS, logprob_token_ids: ids, ...IDS, ...more });
}

/** The likeliest tokens behind the prompt, with the prompt's own text and ids. */
export function topAsk(p: VllmPrompt, top: number, more: Readonly<Record<string, unknown>> = {}): HttpAsk {
  return post('/v1/chat/completions', {
    ...base(p),
    ...READS,
    top_logprobs: top,
    ...IDS,
    return_prompt_text: true,
    ...more,
  });
}

/** One token that is the only one allowed: vLLM before logprob_token_ids. Its value is the raw one, or 0 on servers that report after the mask. */
export function allowedAsk(p: VllmPrompt, id: number): HttpAsk {
  return post('/v1/chat/completions', { ...base(p), ...READS, allowed_token_ids: [id], ...IDS });
}

export function tokenizeAsk(model: string, prompt: string, special: boolean): HttpAsk {
  return post('/tokenize', { model, prompt, add_special_tokens: special });
}

export function readTokenize(body: unknown): Result<readonly number[]> {
  const ids = idsAt(body, 'tokens');
  return ids === null ? fail(strange('/tokenize', 'it has no list of token ids')) : ok(ids);
}

/** The prompt's ids with its images expanded, and their features, as the server will take them back. */
export function renderAsk(p: VllmPrompt): HttpAsk {
  return post('/v1/chat/completions/render', base(p));
}

export interface Rendered {
  readonly ids: readonly number[];
  /** Opaque: given back as it came. */
  readonly features: unknown;
}

export function readRendered(body: unknown): Result<Rendered> {
  const ids = idsAt(body, 'token_ids');
  if (ids === null) return fail(strange('/render', 'it has no token ids'));
  return ok({ ids, features: at(body, 'features') ?? null });
}

/** Scores these tokens as a prompt. */
export function generateAsk(rendered: Rendered, ids: readonly number[], more: object = {}): HttpAsk {
  return post('/inference/v1/generate', {
    token_ids: ids,
    features: rendered.features,
    sampling_params: { max_tokens: 1, temperature: 0, prompt_logprobs: 0, ...more },
  });
}

/** An assistant's answer behind the prompt, as the template renders it: its ids may be others than the rule's. */
export function answeredAsk(p: VllmPrompt, answer: string): HttpAsk {
  const { messages, ...rest } = base(p);
  return post('/v1/chat/completions', {
    ...rest,
    messages: [...(Array.isArray(messages) ? messages : []), { role: 'assistant', content: answer }],
    temperature: 0,
    max_tokens: 1,
    prompt_logprobs: 0,
    add_generation_prompt: false,
    continue_final_message: true,
    return_token_ids: true,
    stream: false,
  });
}

/**
 * An answer behind the prompt exactly as text: the model's own template, with the answer written behind it. Only servers that were started to trust the
 * template of a request take it.
 */
export function templatedAsk(p: VllmPrompt, template: string, answer: string): HttpAsk {
  const { chat_template_kwargs: told, ...rest } = base(p);
  return post('/v1/chat/completions', {
    ...rest,
    chat_template: `${template.replace(/\n$/, '')}{{ lookalike_answer }}`,
    chat_template_kwargs: { ...(typeof told === 'object' ? told : {}), lookalike_answer: answer },
    temperature: 0,
    max_tokens: 1,
    prompt_logprobs: 0,
    return_token_ids: true,
    stream: false,
  });
}

/**
 * log p of a prompt's last tokens. Each row must hold the very token that was asked for.
 * @param tokens the tokens at the prompt's end
 */
export function readTail(body: unknown, tokens: readonly number[]): Result<readonly number[]> {
  const rows = listAt(body, 'prompt_logprobs');
  if (rows === null) return fail(strange('a prompt', 'it has no prompt_logprobs'));
  if (rows.length <= tokens.length) return fail(strange('a prompt', 'it is shorter than the option'));
  const found: number[] = [];
  for (const [i, id] of tokens.entries()) {
    const p = finiteAt(rows.at(i - tokens.length), String(id), 'logprob');
    if (p === null || p > 1e-6)
      return fail(strange('a prompt', `token ${id} of the option is not at its place, or has no log-probability`));
    found.push(p);
  }
  return ok(found);
}

/** The models that a server has; vLLM says where each came from. */
export function readModels(
  body: unknown,
): readonly { readonly id: string; readonly owner: string | null; readonly root: string | null }[] {
  return (listAt(body, 'data') ?? []).flatMap((m) => {
    const id = textAt(m, 'id');
    return id === null ? [] : [{ id, owner: textAt(m, 'owned_by'), root: textAt(m, 'root') }];
  });
}
