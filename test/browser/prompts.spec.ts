import { expect, test } from '@playwright/test';
import { accessible } from './accessible.ts';
import { expectNoOverflow } from './page.ts';

test('prompts are one step from every page', async ({ page }) => {
  await page.goto('./#/');
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Prompts' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Prompts');
  await expect(page.getByRole('link', { name: 'Prompts' })).toHaveAttribute('aria-current', 'page');
});

test('on a narrow screen the link to the page one is on is in sight', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const name of ['Models', 'Prompts', 'Settings']) {
    await page.goto(`./#/${name.toLowerCase()}`);
    await expect(page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name })).toBeInViewport({
      ratio: 1,
    });
  }
});

test('two sets stand side by side with their differences marked, and the address keeps them', async ({ page }) => {
  const mine = {
    name: 'mine',
    prompts: {
      letter:
        'Look at the picture and choose the option that fits.\nQuestion: {q}\nA: {a}\nB: {b}\nReply with the letter of the option.',
      open: 'Question: {q}',
    },
    system: 'Be brief.',
  };
  await page.goto('./#/prompts');
  await page
    .getByLabel('File of prompts')
    .setInputFiles({ name: 'mine.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(mine)) });
  await expect(page.getByRole('heading', { level: 2, name: 'mine', exact: true })).toBeVisible();
  await page.getByLabel('Compare with').selectOption('lookalike');
  await expect(page.getByRole('status')).toHaveText(/^2 texts of 3\s+differ/);
  const letter = page.getByRole('region', { name: 'Asks for the letter (MC, GD)' });
  await expect(letter.locator('mark')).toHaveText(['picture', 'image']);
  await expect(page.getByRole('region', { name: 'System text' })).toContainText(/Be brief\.[\s\S]*not set/);
  await expect(page.getByRole('region', { name: 'Asks the question only (PS, FF)' })).toContainText('the same');
  await page.reload();
  await expect(letter.locator('mark')).toHaveCount(2);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await accessible(page);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoOverflow(page);
  await page.getByLabel('Compare with').selectOption('no other set');
  await expect(page.locator('mark')).toHaveCount(0);
});
