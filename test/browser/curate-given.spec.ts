import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { downloadZip } from 'client-zip';
import { accessible, accessibleAtAnyWidth } from './accessible.ts';
import { scratch } from './command.ts';
import { expectReference, reference } from './pairs.ts';

/* Embeddings made elsewhere, on the page: those of the phantoms, as pandas wrote them (tools/make/pairs/make_given.py). */

const PHANTOMS = 'test/data/discovery/given/phantoms';
const space = scratch();
test.afterAll(() => space.remove());

async function bring(page: Page, button: string, folder: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: button }).click();
  await (await chooser).setFiles(folder);
}
const given = (page: Page) => page.getByRole('group', { name: 'Embeddings made elsewhere' });
const images = (page: Page) => page.getByLabel('Images', { exact: true });
const keep = (page: Page) => page.getByRole('button', { name: /^Keep all/ });

/** Drops files as a person does: a DataTransfer that a script makes has no entries. */
async function drop(page: Page, paths: readonly string[]): Promise<void> {
  const box = await page.getByRole('group', { name: 'What is searched' }).boundingBox();
  const [x, y] = [(box?.x ?? 0) + 4, (box?.y ?? 0) + 4];
  const data = { items: [], files: paths.map((path) => resolve(path)), dragOperationsMask: 1 };
  const session = await page.context().newCDPSession(page);
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x, y, data });
  await session.detach();
}

/** The phantoms' embeddings as a zip with a folder in it. @returns its path */
async function zipped(path: string): Promise<string> {
  const files = ['med.parquet', 'gen.parquet'].map((name) => ({
    name: `run 7/${name}`,
    input: readFileSync(`${PHANTOMS}/${name}`),
  }));
  writeFileSync(path, new Uint8Array(await downloadZip(files).arrayBuffer()));
  return path;
}

test(
  'given embeddings find the pairs of the demo, by name only and then with the collection, and are let go of',
  { tag: '@soak' },
  async ({ page }) => {
    await page.goto('./#/curate');
    await bring(page, 'Bring embeddings', PHANTOMS);
    await expect(given(page)).toContainText('phantoms: 100 rows of 64 (medical) and');
    await expect(given(page)).toContainText('held until this page is closed');
    await expect(page.getByLabel('Medical encoder', { exact: true })).toHaveCount(0);
    await expect(images(page)).toHaveValue('names');

    await page.getByRole('button', { name: 'Find pairs' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: `${reference.pairs.length} pairs`, exact: true })).toBeVisible();
    await expect(page.getByText('These images are known by name only')).toBeVisible();
    await expect(keep(page)).toHaveCount(0);
    await expect(page.locator('.wall li').first()).toContainText(/\d+\.png/);
    await expect(page.locator('.wall').getByText('not shown')).toHaveCount(0);
    await expectReference(page);
    await accessibleAtAnyWidth(page);
    await page.locator('.wall .images').first().focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog').locator('.near').first().getByText('.png').first()).toBeVisible();
    await accessible(page);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);

    // Their collection makes pictures of the names, whatever its order.
    await images(page).selectOption({ label: 'phantoms (the built-in demo)' });
    await page.getByRole('button', { name: 'Find pairs' }).click();
    await expect(keep(page)).toBeVisible();
    await page.locator('.wall li').first().scrollIntoViewIfNeeded();
    await expect(page.locator('.wall img').first()).toBeVisible();
    await expectReference(page);

    await page.getByRole('button', { name: 'Let go of them' }).click();
    await expect(page.getByLabel('Medical encoder', { exact: true })).toBeVisible();
    await expect(images(page).getByRole('option', { name: /names only/ })).toHaveCount(0);
  },
);

test('a folder of embeddings is known as one however it comes, and one that cannot be used is refused in a sentence', async ({
  page,
}) => {
  mkdirSync(space.path('half'), { recursive: true });
  cpSync(`${PHANTOMS}/med.parquet`, space.path('half', 'med.parquet'));
  mkdirSync(space.path('other'));
  cpSync(`${PHANTOMS}/med.parquet`, space.path('other', 'med.parquet'));
  cpSync('test/data/discovery/given/bad-nan.parquet', space.path('other', 'gen.parquet'));
  await page.goto('./#/curate');
  await bring(page, 'Bring a folder', PHANTOMS);
  await expect(given(page)).toContainText('phantoms: 100 rows');
  await page.getByRole('button', { name: 'Let go of them' }).click();
  await expect(given(page)).toHaveCount(0);
  await drop(page, [`${PHANTOMS}/gen.parquet`, `${PHANTOMS}/med.parquet`]);
  await expect(given(page)).toContainText('100 rows of 64 (medical)');
  await page.getByRole('button', { name: 'Let go of them' }).click();
  await expect(given(page)).toHaveCount(0);
  await drop(page, [await zipped(space.path('cluster.zip'))]);
  await expect(given(page)).toContainText('cluster: 100 rows');
  await bring(page, 'Bring embeddings', space.path('half'));
  await expect(page.getByText('The folder of embeddings has no gen.npy or gen.parquet.')).toBeVisible();
  await bring(page, 'Bring a folder', space.path('other'));
  await expect(page.getByText('gen.parquet: row 5, column 2 is NaN;')).toBeVisible();
  // Nothing of what was there is lost.
  await expect(given(page)).toContainText('cluster: 100 rows');
  await expect(page.getByRole('button', { name: 'Find pairs' })).toBeEnabled();
});
