import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { at } from '../../src/core/json.ts';
import { textAt } from '../../src/core/servers/exchange.ts';
import { fakeServer } from '../support/servers/fake-server.ts';
import { listen } from '../support/servers/listen.ts';
import { command, evaluate, readJson, recordLines, scratch } from './command.ts';
import { connect, kept, records } from './servers.ts';

const KEY = 'sk-of-the-model-4711';
const JUDGE_KEY = 'sk-of-the-judge-0815';
const space = scratch();
test.afterAll(() => space.remove());

test('a judge on another server than the model, from the command line: each server sees its own key, the judge no image', async () => {
  const [model, judge] = [fakeServer('vllm'), fakeServer('llamacpp', 'no images')];
  const [there, beside] = [await listen(model, KEY), await listen(judge, JUDGE_KEY)];
  const out = space.path('judged');
  const args = ['--server', there.url, '--judge', `server:${beside.url}#toy`, '--judge-test', '1'];
  const run = await evaluate([...args, '--methods', 'ff', '--limit', '1', '--out', out], {
    env: { LOOKALIKE_SERVER_KEY: KEY, LOOKALIKE_JUDGE_KEY: JUDGE_KEY },
  });
  expect(run.stderr).toContain('llama.cpp at 127.0.0.1');
  expect(run.stderr).toMatch(/The judge’s server has cost [\d,]+ tokens in, [1-9][\d,]* out/);
  expect(recordLines(out).map((r) => [r.method, r.status])).toEqual([
    ['ff', 'scored'],
    ['ff-likelihood', 'scored'],
    ['ff', 'scored'],
    ['ff-likelihood', 'scored'],
  ]);
  expect(run.code).toBe(0);
  const host = beside.url.replace('http://', '');
  expect(readJson(out, 'run.json')).toMatchObject({
    server: { kind: 'vllm', model: 'toy' },
    judge: {
      ...{ kind: 'model', id: `toy at ${host}`, device: 'server', sha256: '', test: { questions: 1 } },
      certificate: { kind: 'server', passed: true, server: { kind: 'llamacpp', host, images: 'none are sent' } },
    },
  });
  expect([[...there.keys], [...beside.keys]]).toEqual([[KEY], [JUDGE_KEY]]);
  expect(JSON.stringify(judge.asked)).not.toContain('data:image');
  const text = readFileSync(join(out, 'run.json'), 'utf8') + run.stdout + run.stderr;
  expect(text).not.toContain(KEY);
  expect(text).not.toContain(JUDGE_KEY);
  await Promise.all([there.close(), beside.close()]);
});

test('a judge elsewhere is sent nothing before its host was agreed to, and one that answers everything alike is refused', async () => {
  const judge = fakeServer('vllm', 'question ignored');
  const server = await listen(judge, '');
  const args = ['--methods', 'ff', '--limit', '1', '--device', 'wasm', '--out', space.path('refused')];
  const elsewhere = server.url.replace('127.0.0.1', '0.0.0.0');
  const unasked = await evaluate([...args, '--judge', `server:${elsewhere}`]);
  expect(unasked.code).toBe(2);
  expect(unasked.stderr).toContain(`add --send-texts-to ${elsewhere.replace('http://', '')}`);
  expect(judge.asked).toEqual([]);
  const alike = await evaluate([...args, '--judge', `server:${server.url}`]);
  expect(alike.stderr).toContain('two different questions are answered alike');
  expect(alike.code).not.toBe(0);
  await server.close();
});

test('a judge that its server does not have is refused as the judge, before the model is asked', async () => {
  const [model, judge] = [fakeServer('vllm'), fakeServer('vllm')];
  const [there, beside] = [await listen(model, ''), await listen(judge, '')];
  const args = ['--server', there.url, '--judge', `server:${beside.url}#nobody`, '--methods', 'ff', '--limit', '1'];
  const run = await evaluate([...args, '--out', space.path('nobody')]);
  const host = beside.url.replace('http://', '');
  expect(run.stderr).toContain(`The judge nobody at ${host}: The server has no model nobody. It has toy.`);
  expect(run.code).not.toBe(0);
  expect(JSON.stringify(model.asked)).not.toContain('data:image');
  await there.close();
  await beside.close();
});

test('questions are drafted by a writer on a server, its tries drawn with their seeds', async () => {
  const fake = fakeServer('vllm');
  const server = await listen(fake, KEY);
  writeFileSync(space.path('pairs.csv'), 'image_1,image_2\ndata/images/1001.png,data/images/1002.png\n');
  const out = space.path('drafts');
  const args = [
    'draft',
    '--pairs',
    space.path('pairs.csv'),
    '--categories',
    'collection',
    '--max-tokens',
    '16',
    '--min-caption',
    '0',
  ];
  const run = await command([...args, '--writer', `server:${server.url}#toy`, '--out', out], {
    env: { LOOKALIKE_SERVER_KEY: KEY },
  });
  expect(run.stderr + run.stdout).toContain('1 pairs:');
  const draft: unknown = JSON.parse(readFileSync(join(out, 'drafts.jsonl'), 'utf8'));
  expect(at(draft, 'writer')).toMatchObject({ kind: 'model', sha256: '', device: 'server' });
  expect(textAt(draft, 'writer', 'id')).toBe(`toy at ${server.url.replace('http://', '')}`);
  const tries = fake.asked.filter(({ body }) => at(body, 'max_tokens') === 16).map(({ body }) => at(body, 'seed'));
  expect(tries).toEqual([undefined, 1, 2, 3]);
  expect([...server.keys]).toEqual([KEY]);
  expect(JSON.stringify(fake.asked)).not.toContain('data:image');
  await server.close();
});

test(
  'a judge on a server, on the page: checked in text alone, agreed to, asked for its key anew behind a reload',
  { tag: '@soak' },
  async ({ page }) => {
    const fake = fakeServer('vllm', 'no images');
    const server = await listen(fake, JUDGE_KEY);
    // This machine by an address that does not say so.
    const elsewhere = server.url.replace('127.0.0.1', '0.0.0.0');
    await connect(page, elsewhere, JUDGE_KEY);
    await page.getByRole('button', { name: /^Send to/ }).click();
    await page.getByRole('checkbox', { name: /^In text alone/ }).check();
    await page.getByRole('button', { name: 'Check this model' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('toy');
    await expect(page.getByRole('row', { name: /the question matters/ })).toBeVisible();
    await page.reload();

    await page.goto('./#/run');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('New run');
    await expect(page.getByLabel('Model', { exact: true })).not.toContainText('toy');
    await page.getByLabel('Only the first pairs').fill('1');
    for (const name of [/^GD /, /^PS /, /^MC /]) await page.getByRole('checkbox', { name }).first().setChecked(false);
    await page.getByRole('checkbox', { name: /^FF / }).first().check();
    await page.getByLabel('Judge of free answers').selectOption({ label: `toy (vLLM at ${elsewhere.slice(7)})` });
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    // A reload forgets every key: it is asked for before the first question.
    await page.getByLabel('Key of the server').fill(JUDGE_KEY);
    await page.getByRole('button', { name: 'Go on with this key' }).click();
    await expect(page.getByText('finished', { exact: true })).toBeVisible({ timeout: 300_000 });
    await expect(page.getByText(`Free answers judged by toy at ${elsewhere.slice(7)}`)).toBeVisible();
    const made = await records(page);
    expect(made.map((r) => textAt(r, 'method')).sort()).toEqual(['ff', 'ff', 'ff-likelihood', 'ff-likelihood']);
    expect(JSON.stringify(fake.asked)).not.toContain('data:image');
    expect(await kept(page)).not.toContain(JUDGE_KEY);
    await server.close();
  },
);
