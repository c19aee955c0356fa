import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test, type Page } from '@playwright/test';
import { accessible } from './accessible.ts';
import { runOf, visit } from './page.ts';

/** Two imported runs of one benchmark: no model is needed to look at answers. */
let page: Page;
let runId = '';
const MEDICONFUSION = '36e5052ebe370aac7446f29cb1425fa47b1795b40e2e7a72462c93b5472c0d5f';

const json = (name: string, text: string) => ({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
const official = gunzipSync(readFileSync('test/data/official/gpt_mc.json.gz')).toString();

/** The same answers, but image 1 of the first twenty pairs is answered as image 2 is. */
function otherwise(): string {
  const answers = JSON.parse(official) as Record<string, { answer: { im1: unknown; im2: unknown } }>;
  for (const { answer } of Object.values(answers).slice(0, 20)) answer.im1 = answer.im2;
  return JSON.stringify(answers);
}

/** How many pairs the two files answer differently. */
function changed(): number {
  const answers = JSON.parse(official) as Record<
    string,
    { answer: Record<string, { answer: { A: number; B: number } }> }
  >;
  const chosen = (a: { answer: { A: number; B: number } } | undefined): string => `${a?.answer.A} ${a?.answer.B}`;
  return Object.values(answers)
    .slice(0, 20)
    .filter(({ answer }) => chosen(answer['im1']) !== chosen(answer['im2'])).length;
}

async function bring(name: string, text: string, questions: boolean): Promise<string> {
  const dialog = page.getByRole('dialog');
  await visit(page, '#/runs', 'Results');
  await page.getByLabel('Official result files').setInputFiles(json(name, text));
  if (questions) {
    const dataset = readFileSync('test/data/mediconfusion/dataset.json', 'utf8');
    await dialog.getByLabel('Question file').setInputFiles(json('dataset.json', dataset));
  }
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  return runOf(page);
}

test.beforeAll(async ({ browser }) => {
  page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  runId = await bring('gpt_mc.json', official, true);
  await bring('other_mc.json', otherwise(), false);
});

test.afterAll(async () => {
  await page.context().close();
});

test('a pair’s pattern, doubt and note are kept beside the benchmark, counted, and exported', async () => {
  await page.goto(`./#/runs/${runId}/items/10001`);
  const patterns = page.getByRole('group', { name: 'Failure patterns' });
  await expect(patterns.getByRole('button', { name: 'Medical devices' })).toBeVisible();
  await page.keyboard.press('Shift+Digit4');
  await page.keyboard.press('f');
  await expect(patterns.getByRole('button', { name: 'Medical devices' })).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByRole('checkbox', { name: /I doubt/ })).toBeChecked();
  await page.getByLabel('Another pattern').fill('mirrored');
  await page.keyboard.press('Enter');
  await expect(patterns.getByRole('button', { name: /mirrored/ })).toBeVisible();
  await accessible(page);

  await page.goto(`./#/runs/${runId}?show=flagged`);
  await expect(page.getByRole('status').filter({ hasText: '1 pair' })).toBeVisible();
  const section = page.getByRole('region', { name: 'Failure patterns' });
  await expect(section.getByRole('row', { name: /^Medical devices 1 / })).toBeVisible();
  await expect(section.getByRole('row', { name: /^MC .* 176 .* 175$/ })).toBeVisible();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    section.getByRole('button', { name: 'Export your remarks' }).click(),
  ]);
  const overlay = JSON.parse(readFileSync(await download.path(), 'utf8')) as { pairs: Record<string, unknown> };
  expect(overlay.pairs['10001']).toEqual({ patterns: ['Medical devices', 'mirrored'], flagged: true });
  await accessible(page);
});

test('pairs are found by filter, words and category, and the address leads to the same list', async () => {
  await page.goto(`./#/runs/${runId}`);
  const count = page.getByRole('status').filter({ hasText: /^\d+ pairs?$/ });
  await expect(count).toHaveText('176 pairs');
  await page.getByLabel('Category').selectOption('Spinal');
  await page.getByLabel('Search').fill('spine');
  await expect(count).not.toHaveText('176 pairs');
  await expect(page).toHaveURL(/category=Spinal&words=spine/);
  const shown = await count.textContent();
  await visit(page, '#/', /tell apart/);
  await page.goto(`./#/runs/${runId}?category=Spinal&words=spine`);
  await expect(count).toHaveText(shown ?? '');
});

test('pairs that another run answers otherwise are found, in the order of a column', async () => {
  await page.goto(`./#/runs/${runId}`);
  const count = page.getByRole('status').filter({ hasText: /^\d+ pairs?$/ });
  await expect(count).toHaveText('176 pairs');
  await page.getByLabel('Changed against').selectOption({ index: 1 });
  await page.getByRole('button', { name: /^Changed/ }).click();
  await expect(count).toHaveText(`${changed()} pairs`);
  const heads = page.getByRole('group', { name: 'Sort by' });
  await heads.getByRole('button', { name: /^MC/ }).click();
  await expect(page).toHaveURL(/show=changed.*sort=by%3Amc/);
  const rows = page.getByRole('listitem').filter({ has: page.locator('a.pair-grid') });
  await expect(rows.first()).toHaveAttribute('aria-setsize', String(changed()));
  await rows.first().getByRole('link').click();
  await expect(page.getByText(`1 of ${changed()} among changed`)).toBeVisible();
});

test('remarks come in from a file, one of another benchmark is refused, and own patterns are offered for every pair', async () => {
  await page.goto(`./#/runs/${runId}`);
  const section = page.getByRole('region', { name: 'Failure patterns' });
  const file = (sha256: string) =>
    json(
      'theirs.json',
      JSON.stringify({
        format: 'lookalike-overlay/1',
        benchmark: { name: 'MediConfusion', sha256 },
        pairs: { 10002: { patterns: ['Vascular conditions'], note: 'theirs' } },
      }),
    );
  const input = section.getByLabel('File of remarks');
  await input.setInputFiles(file(MEDICONFUSION));
  await expect(section.getByRole('status').filter({ hasText: '1 pair of theirs.json taken over.' })).toBeVisible();
  await expect(section.getByRole('row', { name: /^Vascular conditions 1 / })).toBeVisible();
  await input.setInputFiles(file('0'.repeat(64)));
  await expect(section.getByRole('alert')).toContainText('theirs.json is about MediConfusion (00000000)');
  await section.getByText(/^Patterns to assign/).click();
  await section.getByLabel('Another pattern to assign').fill('Laterality');
  await section.getByRole('button', { name: 'Add' }).click();
  await section.getByLabel('Meaning of pattern 1').fill('left and right');
  await section.getByLabel('Meaning of pattern 1').press('Tab');
  await accessible(page);
  await page.goto(`./#/runs/${runId}/items/10002`);
  const pattern = page.getByRole('group', { name: 'Failure patterns' }).getByRole('button', { name: /Laterality/ });
  await expect(pattern).toHaveAttribute('title', 'left and right');
});

test('Compare says in which pairs two runs differ, one click from them', async () => {
  await page.goto('./#/compare');
  const answers = page.getByRole('region', { name: 'Answer by answer' });
  await expect(answers.getByRole('row', { name: /^MC 176 / })).toBeVisible();
  await accessible(page);
  const link = answers.getByRole('link', { name: /^MC: only gpt right: \d+ pairs?$/ });
  const pairs = /\d+ pairs?$/.exec((await link.textContent()) ?? '')?.[0] ?? '';
  await link.click();
  await expect(page.getByRole('status').filter({ hasText: pairs })).toBeVisible();
});

test('a run’s report is saved as one file', async () => {
  await page.goto(`./#/runs/${runId}`);
  await expect(page.getByRole('heading', { level: 1, name: /gpt/ })).toBeVisible();
  await page.getByRole('button', { name: 'Report', exact: true }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('dialog').getByRole('button', { name: 'HTML' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^[\w.-]+gpt\.html$/);
  expect(readFileSync(await download.path(), 'utf8')).toContain('34 of 176 pairs: not distinguishable');
});
