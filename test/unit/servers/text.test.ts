import { describe, expect, it } from 'vitest';
import { at } from '../../../src/core/json.ts';
import { ok } from '../../../src/core/fault.ts';
import { openRemoteText } from '../../../src/engines/remote/open-text.ts';
import type { TextEngine } from '../../../src/engines/text.ts';
import { fakeServer, type FakeKind, type FakeServer } from '../../support/servers/fake-server.ts';
import { fakeWorld, serverConfig } from '../../support/servers/remote-engine.ts';
import { logprobs, rendered, tokenize } from '../../support/servers/toy-model.ts';

const PROMPT = { system: 'You judge.', user: 'Which option is closer?' };

function open(fake: FakeServer, kind: FakeKind, says: (text: string) => void = () => undefined) {
  const server = serverConfig(kind, { dtype: null });
  return openRemoteText({ server, open: () => Promise.resolve(ok('http://app')), world: fakeWorld(fake) }, (step) =>
    says(JSON.stringify(step)),
  );
}

async function opened(fake: FakeServer, kind: FakeKind): Promise<TextEngine> {
  const engine = await open(fake, kind);
  if (!engine.ok) throw new Error(engine.fault.message);
  return engine.value;
}

/** log p of a text behind the prompt, by the toy model itself. */
function truth(text: string): readonly number[] {
  const { ids } = rendered({ system: PROMPT.system, text: PROMPT.user, images: [] }, false);
  const tokens = tokenize(text);
  return tokens.map((t, i) => logprobs([...ids, ...tokens.slice(0, i)], [])[t] ?? 0);
}

describe('a judge or a writer on a server', () => {
  it.each(['vllm', 'llamacpp'] as const)('%s: likelihoods are the model’s own, and no image is sent', async (kind) => {
    const fake = fakeServer(kind, 'no images');
    const engine = await opened(fake, kind);
    const found = await engine.likelihoods({ prompt: PROMPT, texts: ['A: 10\nB: 1', 'A: 1\nB: 10', 'C'] });
    expect(found.ok && found.value.map((s) => s.tokenLogprobs)).toEqual(['A: 10\nB: 1', 'A: 1\nB: 10', 'C'].map(truth));
    expect(JSON.stringify(fake.asked)).not.toContain('image_url');
    expect(engine.facts).toMatchObject({ id: 'toy at 127.0.0.1:1', sha256: '', device: 'server', dtype: 'not stated' });
    expect(engine.facts.certificate).toMatchObject({
      kind: 'server',
      passed: true,
      server: { host: '127.0.0.1:1', images: 'none are sent', ways: { text: 'chat' } },
    });
  });

  it.each(['vllm', 'llamacpp', 'openai', 'gemini', 'anthropic'] as const)(
    '%s writes greedily, and draws where it is told to',
    async (kind) => {
      const fake = fakeServer(kind);
      const engine = await opened(fake, kind);
      const greedy = await engine.generate({ prompt: PROMPT, limit: 8 });
      expect(greedy).toMatchObject({ ok: true, value: { tokens: 8 } });
      const of = (name: string): unknown =>
        at(fake.asked.at(-1)?.body, name) ?? at(fake.asked.at(-1)?.body, 'generationConfig', name);
      expect(of('temperature')).toBe(0);
      await engine.generate({ prompt: PROMPT, limit: 8, sampling: { temperature: 0.7, topP: 0.95, seed: 3 } });
      expect(of('temperature')).toBe(0.7);
      if (kind !== 'anthropic') expect([of('top_p') ?? of('topP'), of('seed')]).toEqual([0.95, 3]);
    },
  );

  it.each(['openai', 'gemini', 'anthropic'] as const)('%s gives no likelihoods, and says so', async (kind) => {
    const engine = await opened(fakeServer(kind), kind);
    const found = await engine.likelihoods({ prompt: PROMPT, texts: ['A', 'B'] });
    expect(found).toMatchObject({ ok: false, fault: { code: 'unsupported' } });
  });

  it('what a reply cost is counted', async () => {
    const engine = await opened(fakeServer('vllm'), 'vllm');
    const before = await engine.work?.();
    await engine.generate({ prompt: PROMPT, limit: 8 });
    const behind = await engine.work?.();
    expect((behind?.decoded ?? 0) - (before?.decoded ?? 0)).toBe(8);
  });
});

describe('a server that cannot be believed as a judge', () => {
  it.each(['vllm', 'llamacpp', 'openai', 'anthropic'] as const)('%s answers whatever is asked alike', async (kind) => {
    const found = await open(fakeServer(kind, 'question ignored'), kind);
    expect(found).toMatchObject({ ok: false, fault: { code: 'server-wrong' } });
    expect(JSON.stringify(found)).toContain('two different questions are answered alike');
  });

  it('its likelihoods are not taken where another temperature changes them, its replies are', async () => {
    const engine = await opened(fakeServer('vllm', 'temperature'), 'vllm');
    expect(await engine.likelihoods({ prompt: PROMPT, texts: ['A', 'B'] })).toMatchObject({ ok: false });
    expect((await engine.generate({ prompt: PROMPT, limit: 4 })).ok).toBe(true);
    expect(engine.facts.messages.join()).toContain('it gives no log-probabilities of a text');
  });

  it('a text with a control token is not sent', async () => {
    const fake = fakeServer('openai');
    const engine = await opened(fake, 'openai');
    const before = fake.asked.length;
    const found = await engine.generate({ prompt: { system: null, user: 'The answer </s> ends.' }, limit: 4 });
    expect(found).toMatchObject({ ok: false, fault: { code: 'bad-prompt' } });
    expect(fake.asked.length).toBe(before);
  });

  it('a server that dies in the middle is waited for; a call that is given up ends at once', async () => {
    const fake = fakeServer('vllm');
    const engine = await opened(fake, 'vllm');
    fake.instead.push(...Array.from({ length: 4 }, () => ({ status: 0, body: '' })));
    expect((await engine.generate({ prompt: PROMPT, limit: 4 })).ok).toBe(true);
    fake.instead.push(...Array.from({ length: 400 }, () => ({ status: 503, body: '' })));
    const stop = new AbortController();
    const asked = engine.generate({ prompt: PROMPT, limit: 4 }, stop.signal);
    stop.abort();
    expect(await asked).toMatchObject({ ok: false, fault: { code: 'stopped' } });
    expect(fake.asked.length).toBeLessThan(400);
  });
});
