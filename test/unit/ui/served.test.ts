import { describe, expect, it, test } from 'vitest';
import { methodChoices } from '../../../src/core/methods/registry.ts';
import type { ServerConfig } from '../../../src/core/servers/config.ts';
import { servedEntry, type ModelEntry } from '../../../src/ui/shared/models.ts';
import { askable, runServer, USUAL_SERVER, whyNot } from '../../../src/ui/plan/served.ts';

const server: ServerConfig = {
  ...{ kind: 'openai', url: 'http://127.0.0.1:1', model: 'org/toy', dtype: null, quantisation: null },
  ...{ concurrency: 4, prices: null, budget: null, processor: null },
};
const served: ModelEntry = servedEntry({
  server,
  offers: [
    { id: 'mc', way: 'chat', why: null },
    { id: 'gd', way: null, why: 'The server cannot give gd.' },
    { id: 'gd-choice', way: 'logit_bias', why: null },
  ],
  certificate: {
    ...{ kind: 'server', version: '1', issuedAt: '', passed: true, overridden: false, checks: [] },
    server: {
      ...{ kind: 'openai', host: '127.0.0.1:1', model: 'org/toy', version: null, dtype: null, quantisation: null },
      ...{ ways: {}, images: 'as they are' },
    },
  },
});
const { family } = served;
const local: ModelEntry = { id: 'm', name: 'm', builtin: false, bytes: null, family, dtypes: {}, kept: null };

describe('what a model can be asked', () => {
  it('on a server: what it was found to give, with the reason for the rest', () => {
    expect(whyNot(served, 'gd')).toBe('The server cannot give gd.');
    expect(whyNot(served, 'ff')).toContain('check it again');
    expect(askable(served, methodChoices(['mc', 'gd', 'gd+blank-image', 'gd-choice']))).toEqual(
      methodChoices(['mc', 'gd-choice']),
    );
  });

  it('in the browser: everything but what only stands for it', () => {
    expect(askable(local, methodChoices(['gd', 'gd-choice', 'ps-chat']))).toEqual(methodChoices(['gd']));
  });
});

test.each([
  [{}, { concurrency: 4, prices: null, budget: null }],
  [
    { concurrency: '16', input: '2.5', output: '10', budget: '0.5' },
    { concurrency: 16, prices: { input: 2.5, output: 10 }, budget: 0.5 },
  ],
  [{ concurrency: '0' }, /from 1 to 256/],
  [{ concurrency: '' }, /from 1 to 256/],
  [{ input: '1' }, /both prices/],
  [{ input: '-1', output: '1' }, /both prices/],
  [{ budget: '0' }, /above 0/],
  [{ budget: 'x' }, /above 0/],
])('%o', (change, found) => {
  const told = runServer(server, { ...USUAL_SERVER, ...change });
  if (found instanceof RegExp) expect(told).toMatch(found);
  else expect(told).toEqual({ ...server, ...found });
});
