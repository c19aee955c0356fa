import { describe, expect, it } from 'vitest';
import { fileImage } from '../../../src/core/images/ref.ts';
import { costSentence } from '../../../src/core/servers/cost.ts';
import { fakeServer } from '../../support/servers/fake-server.ts';
import { groupAsk, LOAD, remoteEngine, serverConfig } from '../../support/servers/remote-engine.ts';
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

describe('what a run that goes on costs', () => {
  const cost = { input: 3609, output: 173, money: null };

  it('is told of its own part: questions that were answered before cost nothing now', () => {
    // Four of ten questions were there already.
    expect(costSentence({ input: 0, output: 0, money: null }, { done: 4, total: 10, kept: 4 })).toBeNull();
    expect(costSentence(cost, { done: 5, total: 10, kept: 4 })).toBe(
      'Cost of this part so far, 5 of 10 questions: 3,609 tokens in, 173 out; the whole part about 21,654 tokens in, 1,038 out.',
    );
  });

  it('of a run in one part is the run’s', () => {
    expect(costSentence(cost, { done: 1, total: 2, kept: 0 })).toBe(
      'Cost so far, 1 of 2 questions: 3,609 tokens in, 173 out; the whole run about 7,218 tokens in, 346 out.',
    );
    expect(costSentence(cost, { done: 2, total: 2, kept: 0 })).toBe(
      'Cost so far, 2 of 2 questions: 3,609 tokens in, 173 out.',
    );
  });
});

describe('vLLM whose context is too short for an answer: it writes less, and says only that the limit was reached', () => {
  const methods = ['gd', 'mc'];
  const asked = async (...lies: Parameters<typeof fakeServer> extends [unknown, ...infer L] ? L : never) => {
    const engine = remoteEngine(fakeServer('vllm', ...lies), serverConfig('vllm'), methods);
    expect(await refusal(engine)).toBe('');
    const answer = await engine.score(groupAsk(methods), fileImage('image-2'));
    return answer.ok ? answer.value.outcomes : [];
  };

  it('the cut answer is no answer, and the other methods are scored', async () => {
    expect(await asked('short context')).toMatchObject([
      { method: 'gd', status: 'scored' },
      {
        ...{ method: 'mc', status: 'failed' },
        fault: {
          message: expect.stringMatching(/^The server cut the answer after 14 of 32 tokens: .*--max-model-len/),
        },
      },
    ]);
  });

  it('an answer that has all the tokens it may is one', async () => {
    expect(await asked()).toMatchObject([{ method: 'gd' }, { method: 'mc', status: 'scored' }]);
  });
});
