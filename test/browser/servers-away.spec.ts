import { expect, test } from '@playwright/test';
import { finiteAt, textAt } from '../../src/core/servers/exchange.ts';
import { fakeServer, type FakeServer } from '../support/servers/fake-server.ts';
import { listen, type Listening } from '../support/servers/listen.ts';
import { evaluate, recordLines, scratch, type RunOptions } from './command.ts';
import { connect, examined, records } from './servers.ts';

const space = scratch();
test.afterAll(() => space.remove());

/** Behind that many requests the server goes away with all that it was asked; resolves when it is gone. */
async function away(fake: FakeServer, server: Listening, behind: number): Promise<void> {
  server.holdBehind(behind);
  await expect.poll(() => fake.asked.length, { timeout: 300_000 }).toBe(behind);
  await server.close();
}

/** What a run says of each question, in its order. */
function told(out: string) {
  return recordLines(out).map(({ pair, image, method, status, options }) => ({
    ...{ key: `${pair} ${image} ${method}`, status },
    logprobs: options === null ? null : [options.A.tokenLogprobs, options.B.tokenLogprobs],
  }));
}

async function run(url: string, name: string, more: readonly string[] = [], options: RunOptions = {}) {
  const out = space.path(name);
  const ended = await evaluate(
    ['--server', url, '--methods', 'gd,ps', '--limit', '4', '--concurrency', '2', '--out', out, ...more],
    options,
  );
  return { ...ended, out };
}

test(
  'a server that goes away in the middle: the run waits for it, or is stopped and resumed; nothing is lost or doubled',
  { tag: '@soak' },
  async () => {
    const fake = fakeServer('vllm');
    let server = await listen(fake, '');
    const { url, port } = server;
    const whole = await run(url, 'whole');
    expect(whole.code).toBe(0);
    const requests = fake.asked.length;
    const truth = told(whole.out);
    expect(new Set(truth.map((r) => r.key)).size).toBe(4 * 2 * 3);

    const waits = run(url, 'waits');
    await away(fake, server, requests + Math.floor(requests / 2));
    server = await listen(fake, '', port);
    const waited = await waits;
    expect(waited.code).toBe(0);
    expect(told(waited.out)).toEqual(truth);

    const begin = fake.asked.length;
    const stops = run(url, 'stops', [], { signal: { when: /does not answer/, name: 'SIGINT' } });
    await away(fake, server, begin + Math.floor((requests * 3) / 4));
    const stopped = await stops;
    expect(stopped.code).toBe(130);
    const kept = told(stopped.out);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(truth.length);
    server = await listen(fake, '', port);
    const resumed = await run(url, 'stops', ['--resume']);
    expect(resumed.code).toBe(0);
    expect(told(resumed.out)).toEqual(truth);
    await server.close();
  },
);

test(
  'the same on the page: it says that the server does not answer, and goes on when it does',
  { tag: '@soak' },
  async ({ page }) => {
    const fake = fakeServer('vllm');
    let server = await listen(fake, '');
    await connect(page, server.url, '');
    await examined(page);
    await page.getByRole('link', { name: 'New run', exact: true }).last().click();
    await page.getByLabel('Only the first pairs').fill('4');
    const before = fake.asked.length;
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await away(fake, server, before + 50);
    await expect(page.getByText(/The server does not answer/).first()).toBeVisible();
    server = await listen(fake, '', server.port);
    await expect(page.getByText('finished', { exact: true })).toBeVisible({ timeout: 300_000 });
    const made = await records(page);
    const keys = made.map((r) => `${textAt(r, 'pair')} ${finiteAt(r, 'image')} ${textAt(r, 'method')}`);
    expect(new Set(keys).size).toBe(4 * 2 * 3);
    expect(keys).toHaveLength(4 * 2 * 3);
    expect(made.map((r) => textAt(r, 'status'))).toEqual(made.map(() => 'scored'));
    await server.close();
  },
);
