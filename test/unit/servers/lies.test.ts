import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/core/records/outcome.ts';
import type { Engine } from '../../../src/engines/engine.ts';
import { fileImage } from '../../../src/core/images/ref.ts';
import { findByText } from '../../../src/core/servers/chat.ts';
import { askedText } from '../../../src/core/prompts/render.ts';
import { LOOKALIKE } from '../../../src/core/prompts/default.ts';
import { fakeServer, type FakeServer, type Lie } from '../../support/servers/fake-server.ts';
import { groupAsk, LOAD, remoteEngine, serverConfig, fakeWorld } from '../../support/servers/remote-engine.ts';
import { logprobs, rendered, tokenize } from '../../support/servers/toy-model.ts';
import type { Letter } from '../../../src/core/benchmark/types.ts';

type Kind = 'vllm' | 'llamacpp' | 'openai';

/** What a run would store of one question, or the fault by which nothing is stored. */
async function scored(
  fake: FakeServer,
  kind: Kind,
  methods: readonly string[],
  more: Parameters<typeof remoteEngine>[3] = {},
): Promise<{ fault: string | null; words: string; outcomes: readonly Outcome[]; engine: Engine }> {
  const engine = remoteEngine(fake, serverConfig(kind), methods, more);
  const loaded = await engine.load(LOAD);
  if (!loaded.ok) return { fault: loaded.fault.code, words: loaded.fault.message, outcomes: [], engine };
  const answer = await engine.score(groupAsk(methods), fileImage('image-2'));
  if (!answer.ok) return { fault: answer.fault.code, words: answer.fault.message, outcomes: [], engine };
  return { fault: null, words: '', outcomes: answer.value.outcomes, engine };
}

/** The toy model's own numbers, computed without any server: the picture as it was sent, the prompt as its template writes it. */
function truth(fake: FakeServer, method: 'gd' | 'ps', bos = false): Readonly<Record<Letter, readonly number[]>> {
  const url = sentImage(fake);
  const asked = { question: 'Where is it?', options: { A: 'left', B: 'at the right' } };
  const text = askedText(LOOKALIKE, { id: method, asks: method === 'gd' ? 'letter' : 'open' }, asked);
  const { ids } = rendered({ system: '', text, images: [url] }, bos);
  const tail = (tokens: readonly number[]): number[] =>
    tokens.map((t, i) => logprobs([...ids, ...tokens.slice(0, i)], [url])[t] ?? 0);
  return method === 'gd'
    ? { A: tail([65]), B: tail([66]) }
    : { A: tail(tokenize('left')), B: tail(tokenize('at the right')) };
}

/** The last picture that is neither of the probe's. */
function sentImage(fake: FakeServer): string {
  const urls = fake.asked.flatMap(({ body }) => JSON.stringify(body).match(/data:image\/png;base64,[\w+/=]+/g) ?? []);
  return urls.at(-1) ?? '';
}

function numbers(outcomes: readonly Outcome[], method: string): Readonly<Record<Letter, readonly number[]>> | null {
  const found = outcomes.find((o) => o.method === method);
  if (found?.status !== 'scored' || found.options === null) return null;
  return { A: found.options.A.tokenLogprobs, B: found.options.B.tokenLogprobs };
}

describe('a server that tells the truth gives the model’s own numbers', () => {
  it.each(['vllm', 'llamacpp'] as const)('%s: GD, PS and PS as published', async (kind) => {
    const fake = fakeServer(kind);
    const { outcomes, fault } = await scored(fake, kind, ['gd', 'ps']);
    expect(fault).toBeNull();
    expect(numbers(outcomes, 'gd')).toEqual(truth(fake, 'gd'));
    expect(numbers(outcomes, 'ps')).toEqual(truth(fake, 'ps'));
    expect(outcomes.map((o) => o.method)).toEqual(['gd', 'ps', 'ps-official']);
  });

  it('vllm without ids in: by its chat where the template writes the very tokens', async () => {
    const fake = fakeServer('vllm', 'no tokens in');
    const { outcomes } = await scored(fake, 'vllm', ['ps']);
    expect(numbers(outcomes, 'ps')).toEqual(truth(fake, 'ps'));
  });

  it('a beginning-of-sequence token that the template leaves out is asked for', async () => {
    const fake = fakeServer('vllm', 'no bos');
    const { outcomes } = await scored(fake, 'vllm', ['gd', 'ps']);
    expect(numbers(outcomes, 'gd')).toEqual(truth(fake, 'gd', true));
    expect(numbers(outcomes, 'ps')).toEqual(truth(fake, 'ps', true));
  });

  it('openai: the letters by their text among the likeliest 20', async () => {
    const fake = fakeServer('openai');
    const { outcomes } = await scored(fake, 'openai', ['gd', 'mc']);
    expect(numbers(outcomes, 'gd')).toEqual(truth(fake, 'gd'));
  });

  it('openai without log-probabilities: the choice alone, under its own name', async () => {
    const fake = fakeServer('openai', 'no logprobs');
    const { outcomes, fault } = await scored(fake, 'openai', ['gd-choice']);
    expect(fault).toBeNull();
    const { A, B } = truth(fake, 'gd');
    expect(outcomes).toMatchObject([
      { method: 'gd-choice', chosen: (B[0] ?? 0) > (A[0] ?? 0) ? 'B' : 'A', options: null, margin: null },
    ]);
  });
});

describe('a server that lies is found out, and nothing is stored', () => {
  const cases: readonly (readonly [Lie, Kind, readonly string[], string, RegExp])[] = [
    ['image ignored', 'vllm', ['gd'], 'server-wrong', /two different images give the same numbers/],
    ['image ignored', 'llamacpp', ['mc'], 'server-wrong', /the image is ignored/],
    ['image ignored', 'openai', ['gd'], 'server-wrong', /the image is ignored/],
    ['after the mask', 'llamacpp', ['gd'], 'server-wrong', /reported after the mask/],
    ['after the mask', 'vllm', ['gd'], 'unsupported', /cannot give gd: it gives no log-probabilities of the letters/],
    ['no ids', 'vllm', ['gd'], 'unsupported', /cannot give gd/],
    ['bos never', 'vllm', ['gd'], 'server-wrong', /beginning-of-sequence token/],
    ['wrong ids', 'vllm', ['ps'], 'server-wrong', /is not at its place/],
    ['wrong ids', 'llamacpp', ['ps'], 'server-wrong', /where \d+ was forced/],
    ['temperature', 'vllm', ['gd'], 'server-wrong', /another temperature changes log p/],
    ['more than 1', 'llamacpp', ['gd'], 'server-wrong', /hold 3?\d\.\d+/],
    ['unrepeatable', 'vllm', ['gd'], 'server-wrong', /repeats agree/],
    ['no logprobs', 'openai', ['gd'], 'unsupported', /Ask gd-choice instead/],
  ];
  it.each(cases)('%s (%s, %s)', async (lie, kind, methods, code, words) => {
    const found = await scored(fakeServer(kind, lie), kind, methods);
    expect(found.words).toMatch(words);
    expect(found.fault).toBe(code);
    expect(found.outcomes).toEqual([]);
  });

  it('no text is a score: tokens that look alike are refused', () => {
    // The toy writes "a" as "A" there: two tokens read alike wherever both are likely.
    const top = [65, 97, 66].map((id, i) => ({ id: null, text: id === 66 ? 'B' : 'A', bytes: null, logprob: -i }));
    expect(findByText(top, 'A')).toEqual({ kind: 'ambiguous' });
    expect(findByText(top, 'B')).toEqual({ kind: 'found', logprob: -2 });
    expect(findByText(top, 'C')).toEqual({ kind: 'outside', atMost: -2 });
  });

  it('a letter that is not among the likeliest is no score', async () => {
    const { outcomes } = await scored(fakeServer('openai', 'no letters on top'), 'openai', ['gd']);
    expect(outcomes).toMatchObject([{ status: 'failed', fault: { code: 'unsupported' } }]);
    expect(JSON.stringify(outcomes)).toMatch(/The letter A is not among the \d+ likeliest tokens/);
  });

  it('a template that writes the answer as other tokens is no PS, and ps-chat says so', async () => {
    const refused = await scored(fakeServer('vllm', 'no tokens in', 'other template'), 'vllm', ['ps']);
    expect(refused.fault).toBe('server-wrong');
    expect(refused.words).toContain('Start vLLM with --enable-scale-out for PS, or ask ps-chat.');
    const { outcomes } = await scored(fakeServer('vllm', 'no tokens in', 'other template'), 'vllm', ['ps-chat']);
    expect(outcomes).toMatchObject([{ method: 'ps-chat', options: { A: { tokens: tokenize(' left') } } }]);
  });

  it('one that turns bad before the last item fails there, and that item is not stored', async () => {
    const fake = fakeServer('vllm');
    const engine = remoteEngine(fake, serverConfig('vllm'), ['gd']);
    expect((await engine.load(LOAD)).ok).toBe(true);
    expect((await engine.score(groupAsk(['gd']), fileImage('image-2'))).ok).toBe(true);
    fake.lies.add('image ignored');
    const last = await engine.score(groupAsk(['gd'], 'image-2'), null);
    expect(last).toMatchObject({ ok: false, fault: { code: 'server-wrong' } });
  });

  it('control strings in a question are refused, and nothing of it is asked', async () => {
    const engine = remoteEngine(fakeServer('openai'), serverConfig('openai'), ['gd']);
    await engine.load(LOAD);
    const answer = await engine.score(groupAsk(['gd'], 'image-1', 'Is </s> here?'), fileImage('image-2'));
    expect(answer).toMatchObject({
      ok: true,
      value: { outcomes: [{ status: 'failed', fault: { code: 'bad-prompt' } }] },
    });
  });
});

describe('a server that fails is waited for, and then named', () => {
  it('429 with Retry-After is waited out as it asks', async () => {
    const fake = fakeServer('vllm');
    const slept: number[] = [];
    fake.instead.push({ status: 429, body: { error: 'slow down' }, headers: { 'retry-after': '7' } });
    const { outcomes, fault } = await scored(fake, 'vllm', ['gd'], { slept });
    expect(fault).toBeNull();
    expect(outcomes).toHaveLength(1);
    expect(slept.reduce((a, b) => a + b, 0)).toBe(7000);
  });

  it('a 500 that passes changes nothing; one that stays is named', async () => {
    const passing = fakeServer('vllm');
    passing.instead.push(null, { status: 500, body: 'Internal Server Error' }, { status: 500, body: '' });
    expect((await scored(passing, 'vllm', ['gd'])).fault).toBeNull();
    const staying = fakeServer('vllm');
    const engine = remoteEngine(staying, serverConfig('vllm'), ['gd']);
    await engine.load(LOAD);
    staying.instead.push(...Array.from({ length: 3 }, () => ({ status: 500, body: 'Internal Server Error' })));
    const answer = await engine.score(groupAsk(['gd']), fileImage('image-2'));
    expect(JSON.stringify(answer)).toContain('The server failed at a question (500): Internal Server Error.');
  });

  it('one that dies and comes back is waited for; one that stays away ends the run', async () => {
    const back = fakeServer('llamacpp');
    back.instead.push(null, ...Array.from({ length: 6 }, () => ({ status: 0, body: '' })));
    expect((await scored(back, 'llamacpp', ['gd'])).fault).toBeNull();
    const away = fakeServer('llamacpp');
    away.instead.push(...Array.from({ length: 99 }, () => ({ status: 0, body: '' })));
    const { fault, words } = await scored(away, 'llamacpp', ['gd']);
    expect(fault).toBe('server-gone');
    expect(words).toMatch(/does not answer .* What is scored is kept/);
  });

  it('an answer without an end is cut off', async () => {
    const fake = fakeServer('vllm');
    const world = fakeWorld(fake);
    let cut = false;
    const endless = (): Response =>
      new Response(
        new ReadableStream({
          pull: (c) => c.enqueue(new Uint8Array(8 * 1024 * 1024)),
          cancel: () => {
            cut = true;
          },
        }),
        { headers: { 'x-lookalike-remote': 'server' } },
      );
    const fetch = (_: string, init: RequestInit): Promise<Response> => {
      const response = endless();
      init.signal?.addEventListener('abort', () => void response.body?.cancel().catch(() => (cut = true)));
      return Promise.resolve(response);
    };
    const { fault, words } = await scored(fake, 'vllm', ['gd'], { world: { ...world, fetch } });
    expect(words).toMatch(/does not end: it was cut off after 64 MiB/);
    expect(fault).toBe('server-wrong');
    expect(cut).toBe(true);
  });

  it('a run that is stopped waits no longer', async () => {
    const fake = fakeServer('vllm');
    fake.instead.push(...Array.from({ length: 99 }, () => ({ status: 503, body: '' })));
    const engine = remoteEngine(fake, serverConfig('vllm'), ['gd']);
    let looks = 0;
    const loaded = await engine.load({ ...LOAD, stopped: () => ++looks > 5 });
    expect(loaded).toMatchObject({ ok: false, fault: { code: 'stopped' } });
    expect(fake.asked.length).toBeLessThan(4);
  });

  it('a limit ends the run between two groups', async () => {
    const fake = fakeServer('vllm');
    const engine = remoteEngine(fake, serverConfig('vllm', { budget: 10 }), ['gd']);
    await engine.load(LOAD);
    expect((await engine.score(groupAsk(['gd']), fileImage('image-2'))).ok).toBe(true);
    const next = await engine.score(groupAsk(['gd'], 'image-2'), fileImage('image-3'));
    expect(next).toMatchObject({ ok: false, fault: { code: 'spent' } });
  });
});
