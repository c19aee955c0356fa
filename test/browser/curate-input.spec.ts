import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import { scratch } from './command.ts';
import { writeMixed } from './pairs.ts';

const space = scratch();
test.afterAll(() => space.remove());

async function bring(page: Page, folder: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Bring a folder' }).click();
  await (await chooser).setFiles(folder);
}

test('a folder that cannot be read is refused in a sentence, and another can be brought at once', async ({ page }) => {
  mkdirSync(space.path('torn'), { recursive: true });
  writeFileSync(space.path('torn', 'images.zip'), 'PK this is no zip');
  mkdirSync(space.path('texts'));
  writeFileSync(space.path('texts', 'notes.txt'), 'no image');
  await page.goto('./#/curate');
  await bring(page, space.path('torn'));
  await expect(page.getByText('The zip cannot be read.')).toBeVisible();
  await bring(page, space.path('texts'));
  await expect(page.getByText('texts holds no images (PNG, JPEG, GIF, WebP, BMP).')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Find pairs' })).toBeEnabled();
});

test(
  'images that cannot be decoded and captions that fit no image are named on the page, and the others are compared',
  { tag: '@soak' },
  async ({ page }) => {
    const whole = writeMixed(space.path('mixed'));
    await page.goto('./#/curate');
    await bring(page, space.path('mixed'));
    await expect(page.getByLabel('Images', { exact: true })).toContainText(`mixed: ${whole + 3} images`);
    await page.getByText('WASM', { exact: true }).click();
    await page.getByRole('button', { name: 'Find pairs' }).click();
    await expect(
      page.getByRole('heading', { name: `${(whole * (whole - 1)) / 2} pairs of ${whole} images` }),
    ).toBeVisible();
    await expect(page.locator('.wall li')).not.toHaveCount(0);
    // Three that are no images, a caption of none, and what has no caption.
    await page.getByText(`${3 + 1 + whole - 1 + 3} remarks`).click();
    const remarks = page.getByRole('table').filter({ hasText: 'What is wrong' }).getByRole('row');
    await expect(remarks.nth(1)).toContainText('cut.png');
    await expect(remarks.nth(2)).toContainText('empty.png');
    await expect(remarks.nth(3)).toContainText('words.jpg');
    await expect(remarks.nth(4)).toContainText('gone.png');
  },
);
