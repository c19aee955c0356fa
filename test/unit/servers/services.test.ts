import { describe, expect, it } from 'vitest';
import { fileImage } from '../../../src/core/images/ref.ts';
import { LOOKALIKE } from '../../../src/core/prompts/default.ts';
import { askedText } from '../../../src/core/prompts/render.ts';
import type { Outcome } from '../../../src/core/records/outcome.ts';
import { rendererOf } from '../../../src/app/chat-renderer.ts';
import { findTemplate } from '../../../src/core/chat/find-template.ts';
import { fakeServer, type FakeKind, type FakeServer } from '../../support/servers/fake-server.ts';
import { groupAsk, LOAD, remoteEngine, serverConfig, toyRenderer } from '../../support/servers/remote-engine.ts';
import { BOS, logprobs, rendered, textOf, tokenize } from '../../support/servers/toy-model.ts';

type More = Parameters<typeof remoteEngine>[3];

/** What a run would store of one question, or the sentence for which nothing is stored. */
async function scored(fake: FakeServer, kind: FakeKind, methods: readonly string[], more: More = {}) {
  const engine = remoteEngine(fake, serverConfig(kind), methods, more);
  const loaded = await engine.load(LOAD);
  if (!loaded.ok) return { words: loaded.fault.message, outcomes: [] as readonly Outcome[] };
  const answer = await engine.score(groupAsk(methods), fileImage('image-2'));
  if (!answer.ok) return { words: answer.fault.message, outcomes: [] as readonly Outcome[] };
  return { words: loaded.value.messages.join(' '), outcomes: answer.value.outcomes, work: answer.value.work };
}

/** The toy model's own numbers behind the prompt and the picture of the last question. */
function truth(fake: FakeServer, method: 'gd' | 'ps', { bos = false, data = false } = {}) {
  const pattern = data ? /iVBORw0KGgo[\w+/=]+/g : /data:image\/png;base64,[\w+/=]+/g;
  const url = fake.asked.flatMap(({ body }) => JSON.stringify(body).match(pattern) ?? []).at(-1) ?? '';
  const asked = { question: 'Where is it?', options: { A: 'left', B: 'at the right' } };
  const text = askedText(LOOKALIKE, { id: method, asks: method === 'gd' ? 'letter' : 'open' }, asked);
  const { ids } = rendered({ system: '', text, images: [url] }, bos);
  const tail = (tokens: readonly number[]) =>
    tokens.map((t, i) => logprobs([...ids, ...tokens.slice(0, i)], [url])[t] ?? 0);
  return method === 'gd' ? [tail([65]), tail([66])] : [tail(tokenize('left')), tail(tokenize('at the right'))];
}

function numbers(outcomes: readonly Outcome[], method: string) {
  const found = outcomes.find((o) => o.method === method);
  if (found?.status !== 'scored' || found.options === null) return null;
  return [found.options.A.tokenLogprobs, found.options.B.tokenLogprobs];
}

describe('SGLang', () => {
  it('gives GD and PS exactly behind a prompt that the model’s own template renders', async () => {
    const fake = fakeServer('sglang');
    const { outcomes } = await scored(fake, 'sglang', ['gd', 'ps', 'mc'], { renderer: toyRenderer() });
    expect(numbers(outcomes, 'gd')).toEqual(truth(fake, 'gd'));
    expect(numbers(outcomes, 'ps')).toEqual(truth(fake, 'ps'));
    expect(outcomes.map((o) => o.method)).toEqual(['gd', 'ps', 'ps-official', 'mc']);
  });

  it('a beginning that tokenizer and template would both write stands there once', async () => {
    const fake = fakeServer('sglang', 'no bos');
    const { outcomes, words } = await scored(fake, 'sglang', ['gd', 'ps'], { renderer: toyRenderer(textOf([BOS])) });
    expect(words).not.toBe('');
    expect(numbers(outcomes, 'gd')).toEqual(truth(fake, 'gd', { bos: true }));
    expect(numbers(outcomes, 'ps')).toEqual(truth(fake, 'ps', { bos: true }));
  });

  it('without the template it is asked by its chat, and says what is missing', async () => {
    const { words, outcomes } = await scored(fakeServer('sglang'), 'sglang', ['gd']);
    expect(words).toMatch(/name the model’s folder, which has its chat template/);
    expect(outcomes).toMatchObject([
      { method: 'gd', status: 'scored', notes: expect.arrayContaining(['letters-by-text']) },
    ]);
    const ps = await scored(fakeServer('sglang'), 'sglang', ['ps']);
    expect(ps.words).toMatch(/cannot give ps.*name the model’s folder/);
  });

  it('0.5 scales its chat’s log p by the temperature: GD is refused there, and the sentence names the folder', async () => {
    const { words, outcomes } = await scored(fakeServer('sglang', 'temperature'), 'sglang', ['gd']);
    expect(words).toMatch(
      /are raw: another temperature changes log p.*Without gd it can be asked.*name the model’s folder/,
    );
    expect(outcomes).toEqual([]);
    const mc = await scored(fakeServer('sglang', 'temperature'), 'sglang', ['mc']);
    expect(mc.outcomes).toMatchObject([{ method: 'mc', status: 'scored' }]);
  });

  it.each([
    ['wrong ids', ['ps'], /of the option is \d+ and not \d+/],
    ['image ignored', ['gd'], /the image is ignored/],
    ['more than 1', ['gd'], /failed a check/],
    ['unrepeatable', ['gd'], /repeats agree/],
  ] as const)('%s is found out, and nothing is stored', async (lie, methods, words) => {
    const found = await scored(fakeServer('sglang', lie), 'sglang', methods, { renderer: toyRenderer() });
    expect(found.words).toMatch(words);
    expect(found.outcomes).toEqual([]);
  });
});

describe('vLLM that trusts a request’s template', () => {
  it('gives PS by it where ids cannot be sent and its own template writes answers otherwise', async () => {
    const fake = fakeServer('vllm', 'no tokens in', 'other template', 'template of a request');
    const { outcomes, words } = await scored(fake, 'vllm', ['ps'], { renderer: toyRenderer() });
    expect(words).toContain('ps by request template, with the ids compared');
    expect(numbers(outcomes, 'ps')).toEqual(truth(fake, 'ps'));
  });

  it('one that does not is asked by its chat', async () => {
    const fake = fakeServer('vllm', 'no tokens in');
    const { outcomes, words } = await scored(fake, 'vllm', ['ps'], { renderer: toyRenderer() });
    expect(words).toContain('ps by chat, with the ids compared');
    expect(numbers(outcomes, 'ps')).toEqual(truth(fake, 'ps'));
  });
});

describe('Gemini', () => {
  it('gives GD where both letters are among its 20, MC and FF', async () => {
    const fake = fakeServer('gemini');
    const { outcomes, words, work } = await scored(fake, 'gemini', ['gd', 'mc', 'ff']);
    expect(words).toContain('model toy');
    expect(numbers(outcomes, 'gd')).toEqual(truth(fake, 'gd', { data: true }));
    expect(outcomes.map((o) => [o.method, o.status])).toEqual(['gd', 'mc', 'ff'].map((m) => [m, 'scored']));
    expect(work?.prefillTokens).toBeGreaterThan(0);
  });

  it('a letter outside them is never guessed, and a model without log-probabilities is refused for GD', async () => {
    const outside = await scored(fakeServer('gemini', 'no letters on top'), 'gemini', ['gd']);
    expect(JSON.stringify(outside.outcomes)).toMatch(/The letter A is not among the \d+ likeliest tokens/);
    const none = fakeServer('gemini', 'no logprobs');
    expect((await scored(none, 'gemini', ['gd'])).words).toMatch(/cannot give gd: it gives no log-probabilities/);
    expect((await scored(fakeServer('gemini', 'no logprobs'), 'gemini', ['mc'])).outcomes).toMatchObject([
      { method: 'mc' },
    ]);
  });
});

describe('Anthropic', () => {
  it('gives MC and FF, its system text and pictures in its own form, and nothing else', async () => {
    const fake = fakeServer('anthropic');
    const { outcomes } = await scored(fake, 'anthropic', ['mc', 'ff']);
    expect(outcomes.map((o) => [o.method, o.status])).toEqual(['mc', 'ff'].map((m) => [m, 'scored']));
    const pictures = fake.asked.filter(({ body }) => JSON.stringify(body).includes('"media_type":"image/png"'));
    expect(pictures.length).toBeGreaterThan(0);
    for (const method of ['gd', 'ps', 'gd-choice'])
      expect((await scored(fakeServer('anthropic'), 'anthropic', [method])).words).toContain(`cannot give ${method}`);
  });

  it('an overload (529) is waited out', async () => {
    const fake = fakeServer('anthropic');
    const slept: number[] = [];
    fake.instead.push({
      status: 529,
      body: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    });
    expect((await scored(fake, 'anthropic', ['mc'], { slept })).outcomes).toHaveLength(1);
    expect(slept.reduce((a, b) => a + b, 0)).toBe(1000);
  });
});

describe('a model behind a server as the judge of its own answers', () => {
  const prompt = { system: 'Judge.', user: 'Which is it?' };

  it('writes greedily, and gives the likelihood of texts where it gives PS', async () => {
    const engine = remoteEngine(fakeServer('vllm'), serverConfig('vllm'), ['ff']);
    expect(engine.text()).toBeNull();
    await engine.load(LOAD);
    const judge = engine.text();
    expect(judge?.facts).toMatchObject({ id: 'toy at 127.0.0.1:1', sha256: '', dtype: 'fp32', device: 'server' });
    const { ids } = rendered({ system: 'Judge.', text: 'Which is it?', images: [] }, false);
    const found = await judge?.likelihoods({ prompt, texts: ['A: 9', 'B', 'neither'] });
    const sums = ['A: 9', 'B', 'neither'].map((text) =>
      tokenize(text).reduce((sum, t, i, all) => sum + (logprobs([...ids, ...all.slice(0, i)], [])[t] ?? 0), 0),
    );
    expect(found?.ok && found.value.map((s) => s.sum)).toEqual(sums);
    expect(found?.ok && found.value.map((s) => s.score)).toEqual(sums.map((sum, i) => sum / ([4, 1, 7][i] ?? 1)));
    const reply = await judge?.generate({ prompt, limit: 5 });
    expect(reply).toMatchObject({ ok: true, value: { tokens: 5, ended: 'limit' } });
  });

  it('a server without log-probabilities judges by what it writes alone', async () => {
    const engine = remoteEngine(fakeServer('anthropic'), serverConfig('anthropic'), ['ff']);
    await engine.load(LOAD);
    const judge = engine.text();
    expect(await judge?.likelihoods({ prompt, texts: ['A', 'B'] })).toMatchObject({
      ok: false,
      fault: { code: 'unsupported' },
    });
    expect(await judge?.generate({ prompt, limit: 5 })).toMatchObject({ ok: true });
  });
});

describe('a chat template out of a model’s folder', () => {
  const template =
    '{{ bos_token }}{% for m in messages %}{{ m.role }}: {% if m.content is string %}{{ m.content }}{% else %}{% for c in m.content %}{% if c.type == "image" %}<image>{% else %}{{ c.text }}{% endif %}{% endfor %}{% endif %}{% endfor %}{% if add_generation_prompt %}assistant:{% endif %}';

  const folder = (config: unknown) =>
    findTemplate({
      text: () => Promise.resolve(null),
      json: (name) => Promise.resolve(name === 'tokenizer_config.json' ? config : null),
    });

  it('is rendered with the image’s place and the tokens that it names', async () => {
    const found = await folder({ chat_template: template, bos_token: { content: '<s>' } });
    if (!found) throw new Error('no template');
    const renderer = rendererOf(found);
    expect(renderer.bos).toBe('<s>');
    const prompt = {
      ...{ system: 'Be brief.', thinking: 'off' as const },
      parts: [
        { kind: 'image' as const, url: 'data:x' },
        { kind: 'text' as const, text: 'What?' },
      ],
    };
    expect(renderer.render(prompt)).toBe('<s>system: Be brief.user: <image>What?assistant:');
  });

  it('one that is broken is named; a folder without any has none', async () => {
    expect(() => rendererOf({ text: '{% if %}', tokens: {} })).toThrow(
      /chat template of the model’s folder cannot be used/,
    );
    expect(await folder({})).toBeNull();
  });
});
