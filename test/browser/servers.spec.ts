import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { fakeServer } from '../support/servers/fake-server.ts';
import { listen } from '../support/servers/listen.ts';
import { evaluate, readJson, recordLines, scratch } from './command.ts';

const KEY = 'sk-not-to-be-kept-4711';
const space = scratch();
test.afterAll(() => space.remove());

/** Every byte below a folder. */
function bytesBelow(dir: string): string {
  return readdirSync(dir)
    .map((name) => join(dir, name))
    .map((path) => (statSync(path).isDirectory() ? bytesBelow(path) : readFileSync(path, 'latin1')))
    .join('\n');
}

test('a model behind a server, from the command line: scored, described, and its key nowhere', async () => {
  const fake = fakeServer('vllm');
  const server = await listen(fake, KEY);
  const out = space.path('served');
  const args = ['--server', server.url, '--server-dtype', 'fp32', '--methods', 'gd,ps', '--limit', '2', '--out', out];
  const run = await evaluate(args, { env: { LOOKALIKE_SERVER_KEY: KEY } });
  expect(run.stderr).toContain('vLLM at 127.0.0.1');
  expect(run.code).toBe(0);
  const lines = recordLines(out);
  expect(lines).toHaveLength(2 * 2 * 3);
  for (const line of lines) expect(line.status).toBe('scored');
  expect(readJson(out, 'run.json')).toMatchObject({
    device: { kind: 'server' },
    server: { kind: 'vllm', model: 'toy', version: '0.0-toy', ways: { gd: 'logprob_token_ids', ps: 'token ids in' } },
    certificate: { kind: 'server', passed: true },
  });
  expect([...server.keys]).toEqual([KEY]);
  expect(`${bytesBelow(out)}${run.stdout}${run.stderr}`).not.toContain(KEY);

  // The key is refused: the server quotes it, and the message does not.
  const wrong = await evaluate(
    args.map((a) => (a === out ? space.path('refused') : a)),
    {
      env: { LOOKALIKE_SERVER_KEY: 'sk-wrong-0815' },
    },
  );
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('The server refuses the list of its models (401): Unauthorized: [key].');
  expect(`${wrong.stdout}${wrong.stderr}`).not.toContain('sk-wrong-0815');

  // A key that belongs to another server is not sent to this one.
  const elsewhere = await evaluate(
    args.map((a) => (a === out ? space.path('elsewhere') : a)),
    { env: { LOOKALIKE_SERVER_KEY: 'sk-of-another', LOOKALIKE_SERVER_URL: 'https://models.example/v1' } },
  );
  expect(elsewhere.code).toBe(2);
  expect(elsewhere.stderr).toContain(
    `LOOKALIKE_SERVER_KEY belongs to https://models.example: it is not sent to ${server.url}.`,
  );
  expect([...server.keys]).toEqual([KEY, 'sk-wrong-0815', '']);
  await server.close();
});
