import { at } from '../../../src/core/json.ts';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { byId, readChat, type ChatPrompt } from '../../../src/core/servers/chat.ts';
import { answerFault, type HttpAsk } from '../../../src/core/servers/exchange.ts';
import {
  forcedAsk,
  llamaTopAsk,
  readForced,
  readPieces,
  readProps,
  writeAsk,
} from '../../../src/core/servers/llamacpp.ts';
import { chatAsk, USUAL_STYLE } from '../../../src/core/servers/openai.ts';
import { usageOf } from '../../../src/core/servers/usage.ts';
import {
  answeredAsk,
  generateAsk,
  nextAsk,
  readModels,
  readRendered,
  readTail,
  readTokenize,
  renderAsk,
  tokenizeAsk,
} from '../../../src/core/servers/vllm.ts';

/*
 * Exchanges with real servers (vLLM 0.32.0, llama.cpp 11434, transformers serve 5.23) over the tiny qwen2_vl of test/families: what is asked must be what they
 * were asked, and what is read must be the reference's numbers. Pictures are cut out of the requests.
 */

interface Recording {
  readonly request: { readonly path: string; readonly body: Readonly<Record<string, unknown>> };
  readonly status: number;
  readonly response: unknown;
}
const load = (name: string): Recording =>
  JSON.parse(readFileSync(new URL(`../../data/servers/${name}.json`, import.meta.url), 'utf8')) as Recording;
const reference = JSON.parse(
  readFileSync(new URL('../../families/qwen2_vl/reference.json', import.meta.url), 'utf8'),
) as unknown;
const item = (...path: readonly string[]): unknown => at(reference, 'items', '9001', 'im_1', ...path);

/** The conversation of a recorded question. */
function promptOf({ request }: Recording): ChatPrompt {
  const text = at(request.body, 'messages', 0, 'content', 1, 'text');
  const url = at(request.body, 'messages', 0, 'content', 0, 'image_url', 'url');
  return {
    ...{ system: null, thinking: 'auto' },
    parts: [
      { kind: 'image', url: String(url) },
      { kind: 'text', text: String(text) },
    ],
  };
}
const sent = ({ path, body }: HttpAsk): unknown => ({ path, body });

describe('vLLM', () => {
  const asked = (r: Recording) => ({ model: 'qwen2_vl', prompt: promptOf(r), special: false });

  it('gives log p of both letters by their ids, in one request', () => {
    const r = load('vllm-gd');
    expect(sent(nextAsk(asked(r), [32, 33]))).toEqual(r.request);
    const chat = readChat(r.response);
    expect(chat.ok && chat.value.promptIds?.length).toBe(81);
    const first = chat.ok ? chat.value.tokens[0] : undefined;
    if (!first) throw new Error('It has no token.');
    expect(byId(first).get(32)).toBeCloseTo(Number(item('gd', 'A')), 4);
    expect(byId(first).get(33)).toBeCloseTo(Number(item('gd', 'B')), 4);
    expect(usageOf(r.response)).toEqual({ input: 81, output: 1 });
  });

  it('scores our own ids behind the prompt that it rendered', () => {
    const [render, generate] = [load('vllm-render'), load('vllm-generate-ps')];
    const { body } = renderAsk(asked(render));
    // It is told which special tokens to write; the recording left that to its default.
    expect(body).toEqual({ ...render.request.body, add_special_tokens: false });
    const rendered = readRendered(render.response);
    if (!rendered.ok) throw new Error(rendered.fault.message);
    const tokens = [289, 296, 386, 331, 258, 575];
    expect(rendered.value.ids).toEqual(item('ps_ids'));
    expect(sent(generateAsk(rendered.value, [...rendered.value.ids, ...tokens]))).toEqual(generate.request);
    const tail = readTail(generate.response, tokens);
    if (!tail.ok) throw new Error(tail.fault.message);
    const want = item('ps', 'A', 'token_logprobs') as readonly number[];
    tail.value.forEach((p, i) => expect(Math.abs(p - (want[i] ?? 0))).toBeLessThan(1e-4));
    expect(readTail(generate.response, [289, 296, 386, 331, 258, 576])).toMatchObject({
      fault: { code: 'server-wrong' },
    });
  });

  it('scores an answer of its chat', () => {
    const r = load('vllm-ps');
    const ask = answeredAsk(asked(r), 'The left side of the frame');
    expect(ask.body).toEqual({ ...r.request.body, add_special_tokens: false });
    expect(readTail(r.response, [258, 575]).ok).toBe(true);
  });

  it('tokenises, lists its models, writes', () => {
    const r = load('vllm-tokenize');
    expect(tokenizeAsk('qwen2_vl', 'A', false).body).toEqual({
      model: 'qwen2_vl',
      prompt: 'A',
      add_special_tokens: false,
    });
    expect(readTokenize(r.response)).toEqual({ ok: true, value: [32] });
    const mc = load('vllm-mc');
    expect(sent(chatAsk('qwen2_vl', promptOf(mc), 32, USUAL_STYLE))).toEqual(mc.request);
    const chat = readChat(mc.response);
    expect(chat.ok && chat.value.text.trim().startsWith(String(item('mc_text')).trim())).toBe(true);
  });
});

describe('llama.cpp', () => {
  const asked = (r: Recording) => ({ model: 'm', prompt: promptOf(r), knowsThinking: false });
  const more = { model: 'm', cache_prompt: true, stream: false };

  it('forces a letter by its id and gives the raw log p', () => {
    const r = load('llamacpp-gd-forced-A');
    expect(forcedAsk(asked(r), [32]).body).toEqual({ ...r.request.body, ...more });
    const read = readForced(r.response, [32]);
    expect(Math.abs((read.ok ? (read.value[0] ?? 0) : 0) - Number(item('gd', 'A')))).toBeLessThan(5e-3);
    expect(readForced(r.response, [33])).toMatchObject({ ok: false, fault: { code: 'server-wrong' } });
  });

  it('forces an option in one request', () => {
    const r = load('llamacpp-ps-forced');
    const tokens = item('ps', 'A', 'tokens') as readonly number[];
    // Nothing but the ids themselves can be written: the end of the text need not be forbidden, and on some builds may not be.
    expect({ ...Object(forcedAsk(asked(r), tokens).body), ignore_eos: true }).toEqual({ ...r.request.body, ...more });
    const read = readForced(r.response, tokens);
    if (!read.ok) throw new Error(read.fault.message);
    const want = item('ps', 'A', 'token_logprobs') as readonly number[];
    read.value.forEach((p, i) => expect(Math.abs(p - (want[i] ?? 0))).toBeLessThan(5e-3));
  });

  it('says what it is, tokenises, names the likeliest tokens, writes', () => {
    expect(readProps(load('llamacpp-props'))).toMatchObject({ vision: true, build: 'b0-unknown', ftype: 'all F32' });
    expect(readModels(load('llamacpp-models'))).toEqual([
      { id: 'gguf/qwen2_vl-f32.gguf', owner: 'llamacpp', root: null },
    ]);
    const pieces = readPieces(load('llamacpp-tokenize').response);
    expect(pieces.ok && pieces.value.map((p) => p.id)).toEqual([289, 296, 386, 331, 258, 575]);
    const top = load('llamacpp-gd');
    expect(llamaTopAsk(asked(top), 20).body).toEqual({ ...top.request.body, ...more });
    const mc = load('llamacpp-mc');
    expect(writeAsk(asked(mc), 32).body).toEqual({ ...mc.request.body, ...more });
  });
});

describe('transformers serve', () => {
  it('ignores that log-probabilities were asked for', () => {
    const chat = readChat(load('hf-logprobs-ignored').response);
    expect(chat.ok && chat.value.tokens).toEqual([]);
  });

  it('writes', () => {
    const chat = readChat(load('hf-mc').response);
    expect(chat.ok && chat.value.text).toBe(String(item('mc_text')).trim());
  });
});

describe('refusals, in the servers’ own words', () => {
  const words = (name: string): string => {
    const { status, response } = load(name);
    return answerFault({ status, body: response }, 'a question').message;
  };
  it.each([
    [
      'vllm-error-key',
      'The server refuses a question (401): Unauthorized. Give it the right key: typed on the page, or in LOOKALIKE_SERVER_KEY (LOOKALIKE_JUDGE_KEY for a judge beside another server).',
    ],
    [
      'vllm-error-model',
      'The server does not know a question (404): The model `x` does not exist. Valid aliases: qwen2_vl.',
    ],
    [
      'vllm-error-image',
      'The server does not take a question (400): Failed to load image: cannot identify image file <_io.BytesIO object>.',
    ],
    ['llamacpp-error-image', 'The server does not take a question (400): Failed to load image or audio file.'],
    [
      'hf-error-unknown-field',
      "The server does not take a question (422): Unexpected fields in the request: {'prompt_logprobs'}.",
    ],
    ['hf-error-model', 'The server failed at a question (500): Internal Server Error.'],
  ])('%s', (name, said) => expect(words(name)).toBe(said));
});
