import { expect, test, type Page } from '@playwright/test';
import { at } from '../../src/core/json.ts';
import { finiteAt, listAt, textAt } from '../../src/core/servers/exchange.ts';
import { fakeServer, type FakeServer } from '../support/servers/fake-server.ts';
import { listen, type Listening } from '../support/servers/listen.ts';
import { connect, examined, kept, records } from './servers.ts';
import { accessible, accessibleAtAnyWidth } from './accessible.ts';

const KEY = 'sk-not-to-be-kept-0815';
const HOST = /127\.0\.0\.1:\d+/;

/** Log p of both letters, of every question that was asked for them behind the checks, as the server gives it. */
function letters(fake: FakeServer, from: number): readonly string[] {
  return fake.asked.slice(from).flatMap((ask) => {
    if (listAt(ask.body, 'logprob_token_ids')?.join() !== '65,66') return [];
    if (JSON.stringify(ask.body).includes('a bright half')) return [];
    const top = listAt(fakeServer('vllm').answer(ask).body, 'choices', 0, 'logprobs', 'content', 0, 'top_logprobs');
    return [(top ?? []).map((t) => String(finiteAt(t, 'logprob'))).join()];
  });
}

async function fits(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await accessibleAtAnyWidth(page);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1280, height: 800 });
}

let server: Listening | null = null;
test.afterEach(async () => {
  await server?.close();
  server = null;
});

test('a model behind a server: connected to, certified, run, interrupted by a reload, and its key nowhere', async ({
  page,
}) => {
  const fake = fakeServer('vllm');
  server = await listen(fake, KEY);

  await connect(page, server.url, '');
  const refused = page.getByRole('alert');
  await expect(refused).toContainText('The server refuses the list of its models (401)');
  const form = page.getByRole('form', { name: 'Connect to a server' });
  await expect(form).toContainText(
    `LOOKALIKE_SERVER_KEY belongs to https://models.example: it is not sent to ${server.url}.`,
  );
  await page.getByLabel('Address').fill('https://models.example/v1');
  await expect(form).toContainText('belongs to https://models.example and is sent where no key is typed');
  await connect(page, server.url, 'sk-wrong');
  const refusal = page.getByRole('alert');
  await expect(refusal).toContainText('The server refuses the list of its models (401): Unauthorized: [key].');
  await page.getByLabel('Key, if it wants one').fill(KEY);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await expect(page.getByRole('heading', { level: 3, name: HOST })).toHaveText(/^vLLM at /);
  await page.getByLabel('Its weights are stored in').fill('fp32');
  await fits(page);
  await examined(page);
  await expect(page.getByRole('row', { name: /^can be asked GD/ }).first()).toContainText('logprob_token_ids');
  await expect(page.getByRole('row', { name: /the image matters/ })).toContainText('another image moves log p');
  await fits(page);

  await page.getByRole('link', { name: 'New run', exact: true }).last().click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('New run');
  await expect(page.getByLabel('Model', { exact: true })).toContainText('toy (vLLM at');
  await expect(page.getByLabel('Requests at once')).toHaveValue('4');
  await page.getByLabel('Price of a million tokens in').fill('2');
  await page.getByLabel('and out').fill('8');
  await page.getByLabel('Only the first pairs').fill('3');
  for (const name of [/^MC /, /^FF /]) await page.getByRole('checkbox', { name }).first().check();
  await page.getByLabel('Judge of free answers').selectOption('person');
  await fits(page);

  // Behind the 32 requests of the checks a few questions are answered, then the server thinks.
  const before = fake.asked.length;
  server.holdBehind(before + 40);
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  const progress = page.getByRole('region', { name: 'Progress' });
  await expect(progress).toContainText('Scoring image');
  await page.reload();
  server.release();
  await expect(page.getByRole('alert').filter({ hasText: 'The run ended early' })).toContainText('401');
  await page.getByLabel('Key of the server').fill(KEY);
  await page.getByRole('button', { name: 'Go on with this key' }).click();
  await expect(page.getByText('finished', { exact: true })).toBeVisible({ timeout: 300_000 });

  const made = await records(page);
  const of = (method: string): readonly unknown[] => made.filter((r) => textAt(r, 'method') === method);
  const counts = ['gd', 'ps', 'ps-official', 'mc', 'ff'].map((m) => of(m).length);
  expect(counts).toEqual([6, 6, 6, 6, 6]);
  expect(made.map((r) => at(r, 'status'))).toEqual(made.map(() => 'scored'));
  const scored = of('gd').map((r) =>
    ['A', 'B'].map((l) => String(finiteAt(r, 'options', l, 'tokenLogprobs', 0))).join(),
  );
  const asked = new Set(letters(fake, before));
  expect(scored.filter((s) => !asked.has(s))).toEqual([]);
  await page.getByRole('link', { name: 'Server checked' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Certificate');
  await expect(page.getByRole('row', { name: /the image matters, at the last item/ })).toBeVisible();

  expect([...server.keys].sort()).toEqual(['', KEY, 'sk-wrong'].sort());
  const stored = await kept(page);
  expect(stored).toContain('"concurrency":4');
  expect(stored).not.toContain(KEY);
});

test('a server that is no vLLM gives what it can, and says why not the rest; nothing leaves before a host is agreed to', async ({
  page,
}) => {
  const fake = fakeServer('openai', 'no logprobs');
  server = await listen(fake, '');
  // This machine by an address that does not say so.
  const elsewhere = server.url.replace('127.0.0.1', '0.0.0.0');
  await connect(page, elsewhere, '');
  const consent = page.getByRole('region', { name: /is another machine/ });
  await expect(consent).toContainText('Nothing was sent there yet.');
  await accessible(page);
  expect(fake.asked).toEqual([]);
  await consent.getByRole('button', { name: /^Send to/ }).click();
  await expect(page.getByRole('heading', { level: 3 })).toHaveText(/^OpenAI-compatible at /);
  await examined(page);
  await expect(page.getByRole('row', { name: /^cannot be asked GD / })).toContainText(
    'it gives no log-probabilities of the letters',
  );
  await page.getByRole('link', { name: 'New run', exact: true }).last().click();
  await expect(page.getByRole('group', { name: 'Methods' })).toContainText('cannot give ps');
  await expect(page.getByRole('group', { name: 'Methods' }).getByRole('checkbox', { name: /^GD/ })).toHaveCount(0);
});
