import { createPixels } from '../../../workers/pixels/pixels.ts';
import type { Client } from '../../../src/bridge/worker.ts';
import { ok } from '../../../src/core/fault.ts';
import { fileImage } from '../../../src/core/images/ref.ts';
import { DEFAULT_PIXEL_POLICY } from '../../../src/core/images/types.ts';
import { requestedMethods } from '../../../src/core/methods/registry.ts';
import type { GroupAsk } from '../../../src/core/plan/ask.ts';
import { LOOKALIKE } from '../../../src/core/prompts/default.ts';
import type { ServerConfig } from '../../../src/core/servers/config.ts';
import type { ServerKind } from '../../../src/core/servers/kinds.ts';
import type { Engine } from '../../../src/engines/engine.ts';
import { openRemoteEngine } from '../../../src/engines/remote/engine.ts';
import { picture } from '../../../src/engines/remote/images.ts';
import { PROXY_HEADER, type World } from '../../../src/engines/remote/transport.ts';
import type { PixelsApi } from '../../../src/protocol/pixels.ts';
import type { ChatRenderer } from '../../../src/engines/remote/adapter.ts';
import type { FakeServer } from './fake-server.ts';
import { rendered } from './toy-model.ts';

/** The pixel worker's own functions, in this thread. */
export function pixelsHere(): Client<PixelsApi> {
  const api = createPixels();
  return {
    alive: true,
    // The remote side of comlink has the same functions, and that is all that is used of it.
    call: (work) => work(api as unknown as Parameters<typeof work>[0]),
    kill: () => undefined,
  };
}

/** The app's own server with a fake one behind it, and a clock that waits for nobody. */
export function fakeWorld(fake: FakeServer, slept: number[] = []): World {
  let time = 0;
  return {
    now: () => time,
    sleep: (ms) => {
      time += ms;
      slept.push(ms);
      return Promise.resolve();
    },
    fetch: (url, init) => {
      const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : null;
      const {
        status,
        body: said,
        headers,
      } = fake.answer({
        ...{ method: init.method ?? 'GET', path: new URL(url).pathname, body },
      });
      if (status === 0) return Promise.reject(new TypeError('connection refused'));
      const text = typeof said === 'string' ? said : JSON.stringify(said);
      return Promise.resolve(new Response(text, { status, headers: { [PROXY_HEADER]: 'server', ...headers } }));
    },
  };
}

export function serverConfig(kind: ServerKind, change: Partial<ServerConfig> = {}): ServerConfig {
  return {
    ...{ kind, url: 'http://127.0.0.1:1', model: 'toy', dtype: 'fp32', quantisation: null },
    ...{ concurrency: 2, prices: null, budget: null, processor: null },
    ...change,
  };
}

/** Images of the questions by name: squares of a grey of their own. */
const image = (sha256: string): Promise<Blob> => {
  const grey = 40 * (1 + Number(sha256.slice(-1)));
  return Promise.resolve(new Blob([picture(8, (x) => [grey, x, grey])], { type: 'image/png' }));
};

export function remoteEngine(
  fake: FakeServer,
  server: ServerConfig,
  methods: readonly string[],
  more: {
    readonly slept?: number[];
    readonly world?: World;
    readonly letters?: boolean;
    readonly renderer?: ChatRenderer;
  } = {},
): Engine {
  return openRemoteEngine({
    ...{ server, methods, letterIds: more.letters === false ? null : { A: 65, B: 66 } },
    images: { image, settings: null, policy: DEFAULT_PIXEL_POLICY, spawn: pixelsHere },
    open: () => Promise.resolve(ok('http://app')),
    renderer: more.renderer ?? null,
    world: more.world ?? fakeWorld(fake, more.slept),
  });
}

/** The toy model's own chat template, as its folder would have it. */
export function toyRenderer(bos: string | null = null): ChatRenderer {
  return {
    bos,
    template: 'toy',
    render: ({ system, parts }) => {
      const text = parts.map((p) => (p.kind === 'text' ? p.text : '')).join('');
      const images = parts.flatMap((p) => (p.kind === 'image' ? [p.url] : []));
      return `${bos ?? ''}${rendered({ system: system ?? '', text, images }, false).text}`;
    },
  };
}

/** One question about one image. */
export function groupAsk(methods: readonly string[], name = 'image-1', question = 'Where is it?'): GroupAsk {
  const options = { A: 'left', B: 'at the right' };
  return {
    image: fileImage(name),
    questions: [{ pair: 'p1', image: 1, question, options, methods: requestedMethods(methods) }],
    ...{ promptSet: LOOKALIKE, paraphrases: [], shots: [] },
  };
}

export const LOAD = { trial: [], says: () => undefined, stopped: () => false };
