import { describe, expect, it } from 'vitest';
import { ok } from '../../../src/core/fault.ts';
import { DEFAULT_PIXEL_POLICY } from '../../../src/core/images/types.ts';
import { fileImage } from '../../../src/core/images/ref.ts';
import { examineServer } from '../../../src/engines/remote/examine.ts';
import { fakeServer, type FakeServer } from '../../support/servers/fake-server.ts';
import {
  fakeWorld,
  groupAsk,
  LOAD,
  pixelsHere,
  remoteEngine,
  serverConfig,
} from '../../support/servers/remote-engine.ts';

type Kind = 'vllm' | 'llamacpp' | 'openai';

function examined(fake: FakeServer, kind: Kind, letters: { A: number; B: number } | null = { A: 65, B: 66 }) {
  return examineServer(
    {
      ...{ server: serverConfig(kind), letterIds: letters, world: fakeWorld(fake) },
      images: {
        image: () => Promise.reject(new Error('no image of a benchmark is sent')),
        ...{ settings: null, policy: DEFAULT_PIXEL_POLICY, spawn: pixelsHere },
      },
      open: () => Promise.resolve(ok('http://app')),
    },
    LOAD,
  );
}

async function offered(fake: FakeServer, kind: Kind, letters?: null): Promise<Record<string, string>> {
  const found = await examined(fake, kind, letters);
  if (!found.ok) throw new Error(found.fault.message);
  return Object.fromEntries(found.value.offers.map((o) => [o.id, o.way ?? o.why]));
}

describe('what a server can be asked, found out before anything of a benchmark is sent', () => {
  it('vLLM: every method by its way', async () => {
    expect(await offered(fakeServer('vllm'), 'vllm')).toEqual({
      ...{ mc: 'chat', gd: 'logprob_token_ids', ps: 'token ids in', ff: 'chat' },
      ...{ 'gd-choice': 'logprob_token_ids', 'ps-chat': 'chat' },
    });
  });

  it('a server without log-probabilities: what it cannot give, each with its sentence', async () => {
    const offers = await offered(fakeServer('openai', 'no logprobs'), 'openai');
    expect(offers).toMatchObject({ mc: 'chat', ff: 'chat', 'gd-choice': 'logit_bias' });
    expect(offers['gd']).toMatch(/cannot give gd: it gives no log-probabilities.*Ask gd-choice instead/);
    expect(offers['ps']).toMatch(/cannot give ps/);
    const unknown = await offered(fakeServer('openai', 'no logprobs'), 'openai', null);
    expect(unknown['gd-choice']).toMatch(/tokenizer must be known/);
  });

  it('one that ignores images can be asked nothing, and its certificate says so', async () => {
    const found = await examined(fakeServer('vllm', 'image ignored'), 'vllm');
    if (!found.ok) throw new Error(found.fault.message);
    expect(found.value.certificate.passed).toBe(false);
    for (const offer of found.value.offers) expect(offer.why).toMatch(/the image is ignored/);
  });
});

describe('several images at once', () => {
  it('are asked with the same requests as one after the other, each image’s together', async () => {
    const images = ['image-1', 'image-2', 'image-3', 'image-4'];
    const asks = images.map((name) => groupAsk(['gd', 'ps', 'mc'], name));
    const alone = await outcomes(1, asks);
    const together = await outcomes(4, asks);
    expect(together.outcomes).toEqual(alone.outcomes);
    expect(together.requests).toBe(alone.requests);
    expect(together.most).toBeGreaterThan(alone.most);
    expect(together.most).toBeLessThanOrEqual(4);
    expect(alone.most).toBe(1);
  });
});

/** Scores groups, as many at once as the engine takes. */
async function outcomes(concurrency: number, asks: readonly ReturnType<typeof groupAsk>[]) {
  const fake = fakeServer('vllm');
  const inner = fakeWorld(fake);
  let [open, most] = [0, 0];
  const world: typeof inner = {
    ...inner,
    fetch: async (url, init) => {
      most = Math.max(most, ++open);
      // Answers come later than the questions of the same turn.
      await new Promise((resolve) => setImmediate(resolve));
      open--;
      return inner.fetch(url, init);
    },
  };
  const engine = remoteEngine(fake, serverConfig('vllm', { concurrency }), ['gd', 'ps', 'mc'], { world });
  expect(engine.width).toBe(concurrency);
  expect((await engine.load(LOAD)).ok).toBe(true);
  const before = fake.asked.length;
  const found = [];
  for (let i = 0; i < asks.length; i += concurrency) {
    const part = asks.slice(i, i + concurrency);
    found.push(...(await Promise.all(part.map((a) => engine.score(a, fileImage('image-9'))))));
  }
  const all = found.map((f) => (f.ok ? f.value.outcomes : f.fault.message));
  const work = found.reduce((n, f) => n + (f.ok ? f.value.work.prefills : 0), 0);
  // Every request that was answered stands in some group's work, those of the checks too.
  expect(work).toBe(fake.asked.length);
  return { outcomes: all, requests: fake.asked.length - before, most };
}
