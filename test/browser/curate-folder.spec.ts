import { expect, test, type Page } from '@playwright/test';
import { visit } from './page.ts';
import { reference } from './pairs.ts';

/* Images that stay in their folder. The browser's folder dialog cannot be driven, so a folder of its own file system stands for what the dialog gives. */

const FOLDER = 'radiographs';
const [pair] = reference.pairs;
if (!pair) throw new Error('The reference has no pairs.');
const NAMES = [pair[0], pair[1], ...reference.pairs.slice(1, 3).flatMap(([a, b]) => [a, b])];
const IMAGES = [...new Set(NAMES)];

async function writeFolder(page: Page, images: readonly string[], from: readonly string[]): Promise<void> {
  await page.evaluate(
    async ([folder, names, sources]) => {
      const root = await navigator.storage.getDirectory();
      const directory = await root.getDirectoryHandle(folder, { create: true });
      for (const [i, name] of names.entries()) {
        const file = await directory.getFileHandle(name, { create: true });
        const stream = await file.createWritable();
        const served = await fetch(`benchmarks/phantoms/data/images/${sources[i] ?? ''}`);
        await stream.write(await served.blob());
        await stream.close();
      }
    },
    [FOLDER, images, from] as const,
  );
}

const imagesCopied = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open('lookalike');
        opening.onerror = () => reject(new Error('The store does not open.'));
        opening.onsuccess = () => {
          const counting = opening.result.transaction('images').objectStore('images').count();
          counting.onsuccess = () => {
            opening.result.close();
            resolve(counting.result);
          };
        };
      }),
  );

test('a folder is used where it is: nothing is copied, a new start finds it again, and only the images of kept pairs come in', async ({
  page,
}) => {
  await page.addInitScript((folder) => {
    Object.assign(globalThis, {
      showDirectoryPicker: async () => (await navigator.storage.getDirectory()).getDirectoryHandle(folder),
    });
  }, FOLDER);
  await page.goto('./#/curate');
  await expect(page.getByRole('heading', { name: 'Find confusing pairs' })).toBeVisible();
  await writeFolder(page, IMAGES, IMAGES);
  await page.getByRole('button', { name: 'Use where it is' }).click();
  await expect(page.getByLabel('Images', { exact: true })).toContainText(`${FOLDER}: ${IMAGES.length} images`);
  await expect(page.getByRole('button', { name: 'Find pairs' })).toBeEnabled();
  await page.reload();
  await expect(page.getByLabel('Images', { exact: true })).toContainText(`${FOLDER}: ${IMAGES.length} images`);
  await page.getByLabel('Images', { exact: true }).selectOption({ label: `${FOLDER}: ${IMAGES.length} images` });
  // One file is another by now: it is named, and the others are compared.
  const changed = IMAGES.at(-1) ?? '';
  await writeFolder(page, [changed], [IMAGES[0] ?? '']);
  await page.getByText('WASM', { exact: true }).click();
  await page.getByRole('button', { name: 'Find pairs' }).click();
  await expect(page.locator('.wall li').first()).toBeVisible({ timeout: 300_000 });
  // Images are read when they come near the screen.
  await page.locator('.wall li').first().scrollIntoViewIfNeeded();
  await expect(page.locator('.wall img').first()).toBeVisible();
  expect(await imagesCopied(page)).toBe(0);
  await page.getByText('1 remark').click();
  await expect(page.getByText(`The image ${changed} in the folder ${FOLDER} was changed`)).toBeVisible();

  await page.locator('.wall').getByRole('checkbox').first().check();
  await page.getByRole('button', { name: 'Keep 1 chosen pair' }).click();
  await expect(page.getByText('1 pair is kept for questions and review')).toBeVisible();
  expect(await imagesCopied(page)).toBe(2);

  await visit(page, '#/settings', 'Settings');
  await page.getByRole('button', { name: /image embeddings$/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('button', { name: /image embeddings$/ })).toHaveCount(0);
  await page.getByRole('button', { name: `Delete collection ${FOLDER}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('button', { name: `Delete collection ${FOLDER}` })).toHaveCount(0);
  expect(await imagesCopied(page)).toBe(0);
  await visit(page, '#/curate', 'Find confusing pairs');
  await expect(page.getByLabel('Images', { exact: true })).not.toContainText(FOLDER);
  await expect(page.locator('.wall li')).toHaveCount(0);
});
