import { readFileSync } from 'node:fs';
import { expect, test, type Download, type Locator, type Page } from '@playwright/test';
import { accessible } from './accessible.ts';
import { BlobReader, TextWriter, ZipReader } from '@zip.js/zip.js';
import { readJson } from './fixtures.ts';
import { expectNoOverflow, onceSaid, runOf, visit } from './page.ts';

/*
 * Answers scored by a person, and written answers read otherwise than published: one run that waits for a person, and imported files whose texts are read
 * differently by the two parsers and the gaps.
 */

type Questions = Readonly<Record<string, { im_1_correct: 'A' | 'B'; im_2_correct: 'A' | 'B' }>>;

let page: Page;
let runId = '';

test.use({ viewport: { width: 1440, height: 900 } });
test.beforeEach(({ page: fresh }) => {
  page = fresh;
});

const scale = (letter: 'A' | 'B'): Locator => page.getByRole('group', { name: new RegExp(`^${letter} `) });
const scored = (letter: 'A' | 'B'): Locator => scale(letter).getByRole('radio', { checked: true });
const methodRow = (name: string): Locator =>
  page
    .getByRole('region', { name: 'Methods' })
    .getByRole('row')
    .filter({ has: page.getByRole('button', { name, exact: true }) });

/** An official file that answers every phantom; `answer` is told which letter is right. */
async function bringAnswers(name: string, answer: (right: 'A' | 'B') => Record<string, unknown>): Promise<void> {
  const questions = readJson<Questions>('public/benchmarks/phantoms/data/dataset.json');
  const answers = Object.entries(questions).map(([id, q]) => [
    id,
    { answer: { im1: answer(q.im_1_correct), im2: answer(q.im_2_correct) } },
  ]);
  const buffer = Buffer.from(JSON.stringify(Object.fromEntries(answers)));
  // The demo's benchmark is kept when a run is planned.
  await page.goto('./#/run');
  await expect(page.getByLabel('Benchmark')).toHaveValue(/.+/);
  await visit(page, '#/runs', 'Results');
  await page.getByLabel('Official result files').setInputFiles({ name, mimeType: 'application/json', buffer });
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Import$|^Take/ })
    .click();
  await runOf(page);
}

async function runJson(download: Promise<Download>): Promise<Record<string, unknown>> {
  const path = await (await download).path();
  const reader = new ZipReader(new BlobReader(new Blob([new Uint8Array(readFileSync(path))])));
  const entry = (await reader.getEntries()).find((e) => e.filename === 'run.json');
  const text = entry && !entry.directory ? await entry.getData(new TextWriter()) : '{}';
  return JSON.parse(text) as Record<string, unknown>;
}

async function exported(): Promise<Record<string, unknown>> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export results' }).click();
  return runJson(download);
}

/** Plans a run whose free answers wait for a person; of the first pairs, or of all. */
async function planJudgedByPerson(pairs: string | null): Promise<void> {
  await page.goto('./#/run');
  if (pairs !== null) await page.getByLabel('Only the first pairs').fill(pairs);
  for (const method of [/^GD /, /^PS /]) await page.getByRole('checkbox', { name: method }).first().uncheck();
  await page.getByRole('checkbox', { name: /^FF / }).check();
  await page.getByLabel('Judge of free answers').selectOption({ label: 'A person, on this page, after the run' });
  await expect(page.getByText(/count only once you have entered yours/)).toBeVisible();
}
async function start(): Promise<void> {
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  runId = await runOf(page);
}

test('a run of all pairs cannot be scored by a person while it goes on', async () => {
  await planJudgedByPerson(null);
  // Held, so that it cannot end before it is looked at.
  await onceSaid(page, /Scoring image/, 'Pause');
  await start();
  await expect(page.getByText('Paused; the model stays loaded').first()).toBeVisible();
  await page.goto(`./#/runs/${runId}/judge`);
  await expect(page.getByText(/still going on/)).toBeVisible();
});

test('a person scores the free answers of a run, by keyboard alone, and changes one afterwards', async () => {
  await test.step('a run with a person as its judge ends with its free answers waiting, and refuses scores until then', async () => {
    await planJudgedByPerson('2');
    await start();
    await expect(page.getByText('finished', { exact: true })).toBeVisible({ timeout: 300_000 });
    await expect(methodRow('FF')).toContainText('0 of 2');
    await expect(methodRow('FF').getByRole('cell').first()).toHaveText('–');
    await expect(page.getByText('4 of 4 free answers wait for a judge')).toBeVisible();
  });
  for (const theme of ['light', 'dark'] as const)
    await test.step(`the page for scores has no accessibility violations in the ${theme} theme`, async () => {
      await page.emulateMedia({ colorScheme: theme });
      await visit(page, '#/runs', 'Results');
      await page.goto(`./#/runs/${runId}/judge`);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Score free answers');
      if (theme === 'light') {
        await expect(page.getByLabel('Your name or initials')).toBeVisible();
        await accessible(page);
        await page.getByRole('button', { name: 'Go on' }).click();
        await expect(page.getByRole('alert')).toContainText('Enter a name');
        await page.getByLabel('Your name or initials').fill('Dr A');
        await page.keyboard.press('Enter');
      }
      await expect(page.getByText('0 of 4 judged')).toBeVisible();
      await page.getByRole('button', { name: 'Show the image' }).click();
      await expect(page.getByRole('img', { name: 'The image of this question' })).toBeVisible();
      await accessible(page);
      await page.setViewportSize({ width: 390, height: 844 });
      await expectNoOverflow(page);
      await page.setViewportSize({ width: 1440, height: 900 });
    });
  await test.step('answers are scored by keyboard alone, and each is kept at once', async () => {
    await visit(page, '#/runs', 'Results');
    await visit(page, `#/runs/${runId}/judge`, 'Score free answers');
    await expect(page.getByText('0 of 4 judged')).toBeVisible();
    await expect(page.getByRole('img', { name: 'The image of this question' })).toHaveCount(0);
    await expect(page.getByText(/right answer|Pulmonary/)).toHaveCount(0);
    await scale('A').getByRole('radio').first().focus();
    await page.keyboard.press('x');
    await expect(page.getByRole('alert')).toContainText('“x” is no score');
    await page.keyboard.press('9');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('alert')).toContainText('The score for option B is missing');
    await expect(scored('A')).toHaveValue('9');
    await page.keyboard.press('Tab');
    await page.keyboard.press('1');
    await page.keyboard.press('Enter');
    await expect(page.getByText('1 of 4 judged')).toBeVisible();
    await expect(page.getByText('Answer 2 of 4')).toBeVisible();

    await page.goto(`./#/runs/${runId}`);
    await expect(page.getByText('3 of 4 free answers wait for a judge')).toBeVisible();
    await page.goto(`./#/runs/${runId}/judge`);
    await page.reload();
    await expect(page.getByText('1 of 4 judged')).toBeVisible();
    await expect(page.getByText('Answer 2 of 4')).toBeVisible();
    await expect(page.getByText('Scores by Dr A.')).toBeVisible();
    await scale('A').getByRole('radio').first().focus();
    for (const keys of ['1 0', '0 1', '5 4']) {
      const [a = '', b = ''] = keys.split(' ');
      // The focus goes on to the next answer by itself.
      await expect(scale('A').getByRole('radio').first()).toBeFocused();
      await page.keyboard.press(a);
      await page.keyboard.press('Tab');
      await page.keyboard.press(b);
      await page.keyboard.press('Enter');
      await expect(page.getByRole('status').filter({ hasText: `Saved: A ${a === '0' ? 10 : a}` })).toBeVisible();
    }
    await expect(page.getByText('4 of 4 judged')).toBeVisible();
    await expect(page.getByText('none waits any more')).toBeVisible();
    await expect(page.getByRole('link', { name: 'See the numbers' })).toBeFocused();
  });
  await test.step('a person’s scores make the numbers, name who gave them, and are in the export', async () => {
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(new RegExp(`#/runs/${runId}$`));
    for (const look of ['at once', 'after a reload']) {
      if (look === 'after a reload') await page.reload();
      // The first pair is A and B rightly, the second has a 5 and a 4: invalid.
      await expect(methodRow('FF')).toContainText('2 of 2');
      await expect(methodRow('FF').getByRole('cell').first()).toHaveText('50.00');
      await expect(page.getByText('Free answers judged by Dr A in person.')).toBeVisible();
    }
    expect(await exported()).toMatchObject({ judge: { kind: 'person' } });
  });
  await test.step('a score is changed from its pair', async () => {
    await page.goto(`./#/runs/${runId}/items/50001`);
    await expect(page.getByText('Scored by Dr A: A 9, B 1')).toBeVisible();
    await page.getByRole('link', { name: 'Score this answer yourself' }).first().click();
    await expect(page.getByText('Scored by Dr A: A 9, B 1. Your scores replace these.')).toBeVisible();
    await expect(scored('A')).toHaveValue('9');
    await scale('A').getByText('2', { exact: true }).click();
    await page.getByRole('button', { name: 'Save and go on' }).click();
    await page.getByRole('link', { name: 'Look at pair 50001' }).click();
    await expect(page.getByText('Scored by Dr A: A 2, B 1')).toBeVisible();
    await page.goto(`./#/runs/${runId}`);
    await expect(methodRow('FF').getByRole('cell').first()).toHaveText('0.00');
  });
});

test('MC is read strictly and as published again, on the run, its pairs, in the export and in Compare', async () => {
  await bringAnswers('written_mc.json', (right) => ({ full_answer: `(${right})`, A: 0, B: 0 }));
  const set = methodRow('MC').getByRole('cell').first();
  const headline = page.getByRole('region', { name: 'Set accuracy' });
  const strictly = page.getByRole('group', { name: 'MC is read' }).getByText('strictly');
  await expect(set).toHaveText('0.00');
  await expect(page.getByRole('group', { name: /^Gap between/ })).toHaveCount(0);
  await strictly.click();
  await expect(page).toHaveURL(/\?mc=strict$/);
  await expect(set).toHaveText('100.00');
  await expect(headline).toContainText('100.00%');
  await expect(headline).toContainText('100.0 to 100.0');
  await expect(page.getByText(/do not compare with the paper/)).toBeVisible();
  expect(await exported()).toMatchObject({ reading: { mcParser: 'strict', ffGap: 3 } });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await accessible(page, '.switches');
  }

  await page
    .getByRole('link', { name: /MC: image 1 right, A/ })
    .first()
    .click();
  await expect(page).toHaveURL(/\/items\/\d+\?mc=strict$/);
  await expect(page.getByText('MC is read strictly')).toBeVisible();
  await expect(page.locator('.verdict').first()).toContainText('right');
  await page.keyboard.press('u');
  await page.getByRole('group', { name: 'MC is read' }).getByText('as published').click();
  await expect(page).toHaveURL(/#\/runs\/[0-9a-f]+$/);
  await expect(set).toHaveText('0.00');
  await expect(page.getByText(/do not compare with the paper/)).toHaveCount(0);
  expect(await exported()).not.toHaveProperty('reading');

  const [, id = ''] = /runs\/([0-9a-f]+)/.exec(page.url()) ?? [];
  await page.goto(`./#/compare?runs=${id}`);
  const row = page.getByRole('group', { name: /^Table 1/ }).getByRole('row', { name: /written/ });
  await expect(row).toContainText('0.00');
  await page.getByRole('group', { name: 'MC is read' }).getByText('strictly').click();
  await expect(page).toHaveURL(/mc=strict/);
  await expect(row).toContainText('100.00');
  await expect(page.getByText(/MC is read strictly/)).toBeVisible();
  await page.getByRole('group', { name: 'MC is read' }).getByText('as published').click();
  await expect(row).not.toContainText('100.00');
});

test('free answers of another program are decided by another gap, and overruled by a person', async () => {
  await bringAnswers('judged_gpt4.json', (right) => ({
    full_answer: 'On one side.',
    gpt_reason: 'Close.',
    A: right === 'A' ? 6 : 4,
    B: right === 'B' ? 6 : 4,
  }));
  const set = methodRow('FF').getByRole('cell').first();
  const gap = page.getByRole('group', { name: /^Gap between/ });
  await expect(set).toHaveText('0.00');
  await gap.getByText('2', { exact: true }).click();
  await expect(page).toHaveURL(/\?gap=2$/);
  await expect(set).toHaveText('100.00');
  await gap.getByText('3, as published').click();
  await expect(set).toHaveText('0.00');
  await page.getByRole('link', { name: 'Score answers yourself' }).click();
  await page.getByLabel('Your name or initials').fill('Dr A');
  await page.keyboard.press('Enter');
  await expect(page.getByText('138 of 138 judged')).toBeVisible();
  await expect(page.getByText('Judge of the imported file: A 6, B 4. Your scores replace these.')).toBeVisible();
  await scale('A').getByText('10', { exact: true }).click();
  await scale('B').getByText('1', { exact: true }).click();
  await page.getByRole('button', { name: 'Save and go on' }).click();
  await page.getByRole('link', { name: 'Look at pair 50001' }).click();
  await expect(page.getByText('Scored by Dr A: A 10, B 1')).toBeVisible();
  await page.getByRole('navigation', { name: 'Where this page is' }).getByRole('link').last().click();
  await expect(page.getByText('judged by the judge of the imported file, Dr A in person (1).')).toBeVisible();
  // One person among the file's verdicts: run.json names no judge.
  expect(await exported()).not.toHaveProperty('judge');
});
