import { fail, ok, type Result } from '../fault.ts';
import { finiteAt, listAt, post, strange, textAt, type HttpAsk } from './exchange.ts';

/*
 * SGLang's own /generate: log p of tokens by their ids, and the prompt's own. Its chat gives neither, so the prompt is rendered by the model's chat template
 * here and must hold the family's image token, which the server expands. Everything is asked greedily: SGLang divides by the temperature before it
 * reports, and takes 1 where it is 0.
 */

/** A prompt as text, with the family's image token where each image stands. */
export interface SglangPrompt {
  readonly text: string;
  /** Data URLs, in their order. */
  readonly images: readonly string[];
}

const base = ({ text, images }: SglangPrompt): Readonly<Record<string, unknown>> => ({
  text,
  ...(images.length === 0 ? {} : { image_data: images }),
  sampling_params: { temperature: 0, max_new_tokens: 1 },
  return_logprob: true,
});

/** log p of these tokens behind the prompt. */
export function sglangNextAsk(p: SglangPrompt, ids: readonly number[]): HttpAsk {
  return post('/generate', { ...base(p), token_ids_logprob: ids });
}

/** The likeliest tokens behind the prompt. */
export function sglangTopAsk(p: SglangPrompt, top: number): HttpAsk {
  return post('/generate', { ...base(p), top_logprobs_num: top });
}

/** The prompt's own tokens and log p, from its beginning: images are expanded on the server, so places are counted from the end. */
export function sglangPromptAsk(p: SglangPrompt): HttpAsk {
  return post('/generate', { ...base(p), logprob_start_len: 0 });
}

export function sglangTokenizeAsk(model: string, prompt: string, special: boolean): HttpAsk {
  return post('/tokenize', { model, prompt, add_special_tokens: special });
}

/** A row as SGLang writes it: `[logprob, id, text]`; the first token of a prompt has none (null). */
export interface SglangRow {
  readonly id: number;
  readonly logprob: number | null;
}

function rows(list: readonly unknown[] | null): readonly SglangRow[] {
  return (list ?? []).flatMap((row) => {
    const id = finiteAt(row, 1);
    return id === null ? [] : [{ id, logprob: finiteAt(row, 0) }];
  });
}

export interface SglangReply {
  readonly text: string;
  readonly promptTokens: number;
}

export function readSglang(body: unknown): SglangReply {
  return { text: textAt(body, 'text') ?? '', promptTokens: finiteAt(body, 'meta_info', 'prompt_tokens') ?? 0 };
}

/** log p by id at the first new place. */
export function readSglangNext(body: unknown, ids: readonly number[]): Result<ReadonlyMap<number, number>> {
  const found = byId(rows(listAt(body, 'meta_info', 'output_token_ids_logprobs', 0)));
  const missing = ids.find((id) => !found.has(id));
  if (missing !== undefined) return fail(strange('/generate', `it gives no log-probability of token ${missing}`));
  return ok(found);
}

export function readSglangTop(body: unknown): ReadonlyMap<number, number> {
  return byId(rows(listAt(body, 'meta_info', 'output_top_logprobs', 0)));
}

function byId(list: readonly SglangRow[]): ReadonlyMap<number, number> {
  return new Map(list.flatMap((r) => (r.logprob === null ? [] : [[r.id, r.logprob] as const])));
}

/** A prompt's tokens, images expanded. */
export function readSglangPrompt(body: unknown): Result<readonly SglangRow[]> {
  const list = listAt(body, 'meta_info', 'input_token_logprobs');
  if (list === null) return fail(strange('/generate', 'it has no log-probabilities of the prompt'));
  const found = rows(list);
  return found.length === list.length ? ok(found) : fail(strange('/generate', 'a token of the prompt has no id'));
}

/** log p of a prompt's last tokens; each must be the very one that was asked for. */
export function sglangTail(prompt: readonly SglangRow[], tokens: readonly number[]): Result<readonly number[]> {
  if (prompt.length <= tokens.length) return fail(strange('/generate', 'the prompt is shorter than the option'));
  const tail = prompt.slice(-tokens.length);
  const wrong = tokens.findIndex((id, i) => tail[i]?.id !== id);
  if (wrong >= 0)
    return fail(
      strange(
        '/generate',
        `token ${wrong + 1} of the option is ${tail[wrong]?.id ?? '?'} and not ${tokens[wrong] ?? '?'}`,
      ),
    );
  const found = tail.flatMap((t) => (t.logprob === null || t.logprob > 1e-6 ? [] : [t.logprob]));
  return found.length === tokens.length ? ok(found) : fail(strange('/generate', 'a token has no log-probability'));
}
