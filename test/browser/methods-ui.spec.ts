import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test, type Page } from '@playwright/test';
import { runOf, visit } from './page.ts';

/** All methods, prompt sets and official files in the page; one run of a few pairs, made once. */
let page: Page;
let runId = '';

const official = (name: string): string => gunzipSync(readFileSync(`test/data/official/${name}.json.gz`)).toString();
const json = (name: string, text: string) => ({ name, mimeType: 'application/json', buffer: Buffer.from(text) });

/** MediConfusion's questions, without its images. */
async function bringQuestions(): Promise<void> {
  const questions = readFileSync('test/data/mediconfusion/dataset.json', 'utf8');
  await page.getByRole('dialog').getByLabel('Question file').setInputFiles(json('dataset.json', questions));
}

test.beforeAll(async ({ browser }) => {
  page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await page.goto('./#/run');
  await page.getByLabel('Only the first pairs').fill('2');
  await page.getByRole('checkbox', { name: /^MC / }).check();
  await page.getByRole('checkbox', { name: /^FF / }).check();
  await page.getByText('Sensitivity: the same questions').click();
  for (const name of [
    'GD, options exchanged',
    'GD, no image',
    'GD, blank image',
    'PS, no image',
    'PS, blank image',
    'GD, other words',
  ])
    await page.getByRole('checkbox', { name, exact: true }).check();
  // An option's likelihood does not depend on its letter: there is nothing to exchange.
  await expect(page.getByRole('checkbox', { name: 'PS, options exchanged' })).toHaveCount(0);
  await expect(page.getByRole('checkbox', { name: 'lookalike, brief' })).toBeChecked();
  await page.getByRole('checkbox', { name: 'lookalike, formal' }).uncheck();
  await expect(page.getByLabel('Judge of free answers')).toHaveValue(/phantom-judge/);
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  runId = await runOf(page);
  await expect(page.getByText('finished', { exact: true })).toBeVisible({ timeout: 300_000 });
});

test.afterAll(async () => {
  await page.context().close();
});

test('a run under conditions shows position bias, image-blindness, other words and PMI', async () => {
  await page.goto(`./#/runs/${runId}`);
  const section = page.getByRole('region', { name: 'Sensitivity' });
  await expect(section.getByRole('table')).toHaveCount(4);
  await expect(section.getByRole('table').nth(1)).toContainText('with blank image');
  await expect(section.getByRole('table').nth(2)).toContainText('lookalike, brief');
  await expect(section.getByRole('table').nth(3).getByRole('row')).toHaveCount(3);
});

test('a written answer is shown as both parsers read it, a free one with its judge', async () => {
  await page.goto(`./#/runs/${runId}/items/50001`);
  await expect(page.getByText(/published parser/).first()).toBeVisible();
  await expect(page.getByText(/stricter parser/).first()).toBeVisible();
  await expect(page.getByText(/^Judge phantom-judge: A \d/).first()).toBeVisible();
});

test('a prompt set is duplicated, edited, refused without its places, and deleted', async () => {
  await visit(page, '#/prompts', 'Prompts');
  await page.getByRole('button', { name: 'Duplicate' }).click();
  await page.getByLabel('Name').fill('mine');
  await page.getByLabel('Asks the question only (PS, FF)').fill('Say it.');
  await page.getByRole('button', { name: 'Keep' }).click();
  await expect(page.getByRole('alert')).toContainText('lacks {q}');
  await page.getByLabel('Asks the question only (PS, FF)').fill('Say it: {q}');
  await page.getByRole('button', { name: 'Keep' }).click();
  await expect(page.getByRole('heading', { level: 2, name: 'mine', exact: true })).toBeVisible();
  await page.getByRole('link', { name: 'Run', exact: true }).click();
  await expect(page.getByLabel('Prompt set', { exact: true })).toHaveValue('mine');
  await visit(page, '#/prompts?set=mine', 'Prompts');
  await page.getByRole('button', { name: 'Delete mine.json' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('button', { name: 'mine', exact: true })).toHaveCount(0);
});

test('a file of the official layout gives its per-model variants', async () => {
  await visit(page, '#/prompts', 'Prompts');
  await page
    .getByLabel('File of prompts')
    .setInputFiles(json('answering.json', readFileSync('test/data/mediconfusion/answering.json', 'utf8')));
  await expect(page.getByRole('heading', { level: 2, name: 'answering', exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'answering: llava_med', exact: true }).click();
  // LLaVA-Med has a system text of its own, and its own wording for MC.
  await expect(page.getByRole('term').first()).toHaveText('System text');
  await expect(page.getByRole('definition').nth(1)).toContainText('{q}');
  // Its wordings end with the beginning of an answer, which may be moved behind the model's own turn, in a copy.
  await page.getByRole('button', { name: 'make a copy so' }).click();
  await expect(page.getByLabel('GD: the answer begins with')).toHaveValue('Answer:');
  await page.getByRole('button', { name: 'Keep' }).click();
  await expect(
    page.getByRole('heading', { level: 2, name: 'answering: llava_med, answer begun, copy', exact: true }),
  ).toBeVisible();
  await expect(page.getByRole('button', { name: 'make a copy so' })).toHaveCount(0);
});

test('official files answer questions without images, and give the tables that their code printed', async () => {
  const input = page.getByLabel('Official result files');
  const dialog = page.getByRole('dialog');
  await visit(page, '#/runs', 'Results');
  await input.setInputFiles(json('gpt_mc.json', official('gpt_mc')));
  await bringQuestions();
  await expect(dialog).toContainText('176 of 176 pairs can be taken');
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  await runOf(page);
  await expect(page.getByText('imported', { exact: true }).first()).toBeVisible();

  await visit(page, '#/runs', 'Results');
  await input.setInputFiles(json('gpt_gpt4.json', official('gpt_gpt4')));
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  await runOf(page);

  await page.goto('./#/compare');
  const row = page.getByRole('group', { name: /^Table 1/ }).getByRole('row', { name: /^gpt \(imported\)/ });
  for (const file of ['gpt_mc', 'gpt_gpt4']) {
    const table = JSON.parse(readFileSync(`test/data/official/${file}_table.json`, 'utf8')) as Record<string, number[]>;
    const [, set = NaN, individual = NaN] = table['All'] ?? [];
    await expect(row).toContainText(set.toFixed(2));
    await expect(row).toContainText(individual.toFixed(2));
  }
});

test('an official file with mistakes is named with their places, and taken in part only by choice', async () => {
  // The first pair's id becomes one that the benchmark does not have.
  const broken = official('gpt_mc').replace(/"\d+": \{/, '"99999": {');
  await visit(page, '#/runs', 'Results');
  await page.getByLabel('Official result files').setInputFiles(json('gpt_mc.json', broken));
  const dialog = page.getByRole('dialog');
  await bringQuestions();
  await expect(dialog).toContainText('2 errors');
  await expect(dialog).toContainText(/gpt_mc\.json, line \d+/);
  await expect(dialog).toContainText('The id 99999 is unknown');
  await expect(dialog.getByRole('button', { name: 'Take the 175 that are whole' })).toBeVisible();
});
