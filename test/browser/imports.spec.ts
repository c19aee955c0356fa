import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test, type Page } from '@playwright/test';
import { readJson as readRepositoryJson } from './fixtures.ts';

/** Result files of other programs in the page: several at once, of one model and of several. */
test.use({ viewport: { width: 1440, height: 900 } });
let page: Page;

const official = (name: string): string => gunzipSync(readFileSync(`test/data/official/${name}.json.gz`)).toString();
const json = (name: string, text: string) => ({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
const dialog = () => page.getByRole('dialog');

/** Answers to the phantoms that always say A, in the layout of the known fork. */
function fork(): string {
  const phantoms = readRepositoryJson<Record<string, unknown>>('public/benchmarks/phantoms/data/dataset.json');
  const a = { answer: { full_answer: 'A', A: 10, B: 0 }, logprob: -0.25 };
  return JSON.stringify(Object.fromEntries(Object.keys(phantoms).map((id) => [id, { answer: { im1: a, im2: a } }])));
}
async function bring(...files: ReturnType<typeof json>[]): Promise<void> {
  await page.goto('./#/runs');
  await page.getByLabel('Official result files').setInputFiles(files);
  await expect(dialog()).toBeVisible();
}

test.beforeEach(async ({ page: fresh }) => {
  page = fresh;
  // The demo's benchmark is kept when a run is planned; MediConfusion's questions come with the first import.
  await page.goto('./#/run');
  await expect(page.getByLabel('Benchmark')).toHaveValue(/.+/);
});

test('two files of one key become one run with both methods, and are written again as they were', async () => {
  await bring(json('gpt_gpt4.json', official('gpt_gpt4')), json('gpt_mc.json', official('gpt_mc')));
  const questions = readFileSync('test/data/mediconfusion/dataset.json', 'utf8');
  await dialog().getByLabel('Question file').setInputFiles(json('dataset.json', questions));
  await expect(dialog().getByRole('listitem')).toHaveText([
    /MC: 176 of 176 pairs can be taken\s+gpt_mc\.json/,
    /FF: 176 of 176 pairs can be taken\s+gpt_gpt4\.json/,
  ]);
  await dialog().getByRole('button', { name: 'Import', exact: true }).click();
  await expect(page).toHaveURL(/#\/runs\/[0-9a-f]+$/);
  const table = page.getByRole('region', { name: 'Methods' }).getByRole('table');
  await expect(table.locator('tbody th button')).toHaveText(['MC', 'FF']);
  await expect(table).toContainText('19.32');
  await expect(page.getByText('gpt_mc.json, gpt_gpt4.json').first()).toBeAttached();
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export results' }).click();
  // The zip stores its files as they are.
  const zip = readFileSync(await (await waiting).path()).toString('utf8');
  expect(zip).toContain('official/gpt_mc.json');
  expect(zip).toContain(official('gpt_gpt4'));
});

test('the layout of the fork is read, against the benchmark whose pairs it answers', async () => {
  await bring(json('always_mc.json', fork()));
  await expect(dialog().getByLabel('Benchmark that it answers').locator('option:checked')).toHaveText(/^\s*phantoms/);
  await expect(dialog()).toContainText(/MC: (\d+) of \1 pairs can be taken/);
  await expect(dialog()).not.toContainText('error');
  await dialog().getByRole('button', { name: 'Import', exact: true }).click();
  const table = page.getByRole('region', { name: 'Methods' }).getByRole('table');
  await expect(table.getByRole('row', { name: /^MC/ })).toContainText(/0\.00.*50\.00.*100\.00/);
});

test('files of several models become a run each', async () => {
  await bring(json('one_mc.json', fork()), json('two_mc.json', fork()), json('two_greedy.json', fork()));
  await expect(dialog().getByRole('heading', { level: 3 })).toHaveText(['one', 'two']);
  await dialog().getByRole('button', { name: 'Import as 2 runs' }).click();
  await expect(dialog()).toHaveCount(0);
  await expect(page.getByRole('row', { name: /^one on phantoms.*MC.*imported/ })).toBeVisible();
  await expect(page.getByRole('row', { name: /^two on phantoms.*MC, GD.*imported/ })).toBeVisible();
});

test('a file among others that cannot be read is named with its place, and the others are taken by choice', async () => {
  await bring(
    json('bad_mc.json', '{\n  "50001": }'),
    json('three_mc.json', fork()),
    json('three_mc (1).json', fork()),
    json('three_greedy.json', fork().replace('"full_answer":"A"', '"full_answer":"C"')),
  );
  await expect(dialog().getByRole('alert')).toHaveText([
    /bad_mc\.json, line 2, column \d+/,
    /three_mc \(1\)\.json holds MC of three, and so does three_mc\.json/,
  ]);
  await expect(dialog()).toContainText(/three_greedy\.json, line 1, 50001\.answer\.im1/);
  await dialog().getByRole('button', { name: 'Take the pairs that are whole' }).click();
  await expect(page).toHaveURL(/#\/runs\/[0-9a-f]+$/);
});
