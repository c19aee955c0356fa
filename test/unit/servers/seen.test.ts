import { describe, expect, it } from 'vitest';
import { fakeServer } from '../../support/servers/fake-server.ts';
import { LOAD, remoteEngine, serverConfig } from '../../support/servers/remote-engine.ts';
import { onlyModel } from '../../../tools/evaluate/server.mjs';

/* What real servers were seen to do. */

async function refusal(engine: ReturnType<typeof remoteEngine>): Promise<string> {
  const loaded = await engine.load(LOAD);
  return loaded.ok ? '' : loaded.fault.message;
}

describe('transformers serve, which answers 500 in plain text to a model that it cannot load', () => {
  const failing = (loaded: readonly string[]) => {
    const fake = fakeServer('openai');
    const models = { status: 200, body: { object: 'list', data: loaded.map((id) => ({ id, owned_by: 'local' })) } };
    const failed = { status: 500, body: 'Internal Server Error' };
    fake.instead.push(models, ...Array.from({ length: 40 }, () => failed));
    return fake;
  };

  it('it is said that the server does not list the model', async () => {
    const engine = remoteEngine(failing(['/m/llava']), serverConfig('openai', { model: '/m/lava' }), ['mc']);
    expect(await refusal(engine)).toBe(
      'The server failed at a question (500): Internal Server Error. Is /m/lava the name of a model that it can load? It lists /m/llava.',
    );
    const fresh = remoteEngine(failing([]), serverConfig('openai', { model: '/m/lava' }), ['mc']);
    expect(await refusal(fresh)).toMatch(/It names no model\.$/);
  });

  it('of a model that it lists nothing more is said', async () => {
    const engine = remoteEngine(failing(['/m/llava']), serverConfig('openai', { model: '/m/llava' }), ['mc']);
    expect(await refusal(engine)).toBe('The server failed at a question (500): Internal Server Error.');
  });
});

describe('a server that has several models, or says of none', () => {
  it('which is meant is not guessed', () => {
    expect(onlyModel('--server', ['toy'], 'with --server-model NAME')).toBe('toy');
    expect(() => onlyModel('--server', ['a', 'b'], 'with --server-model NAME')).toThrow(
      '--server: the server has several models. Name one with --server-model NAME; it has a, b.',
    );
    expect(() => onlyModel('--server', [], 'with --server-model NAME')).toThrow(
      '--server: the server does not say which models it has. Name one with --server-model NAME.',
    );
  });
});
