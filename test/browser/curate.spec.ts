import { expect, test } from '@playwright/test';
import { accessible, accessibleAtAnyWidth } from './accessible.ts';
import { expectReference, reference } from './pairs.ts';

test('one click on the start page finds the pairs of the phantoms that the reference names, on WASM', async ({
  page,
}) => {
  await page.goto('./');
  await page.getByRole('link', { name: /Find the confusing pairs/ }).click();
  await expect(page.getByRole('heading', { name: '182 pairs', exact: true })).toBeVisible({ timeout: 300_000 });
  await expect(page.getByText('4,950 pairs of 100 images')).toBeVisible();
  await expectReference(page);
  await accessibleAtAnyWidth(page);

  const med = page.getByRole('slider', { name: /medical/ });
  await med.focus();
  await page.keyboard.press('PageUp');
  const fewer = reference.pairs.filter(([, , m]) => m >= 0.95).length;
  await expect(page.getByRole('heading', { name: `${fewer} pairs`, exact: true })).toBeVisible();
  await page.keyboard.press('PageDown');
  await expect(page.getByRole('heading', { name: '182 pairs', exact: true })).toBeVisible();

  await page.getByRole('spinbutton', { name: /An image in more than/ }).fill('1');
  await page.keyboard.press('Tab');
  await expect(page.getByText('one in at most 1 pairs')).toBeVisible();
  await page.getByRole('button', { name: /^Keep all/ }).click();
  await expect(page.getByText(/pairs are kept for questions and review/)).toBeVisible();

  await page.locator('.wall .images').first().click();
  await expect(page.getByRole('dialog').getByText('Nearest to the medical encoder').first()).toBeVisible();
  await accessible(page);

  // Two of them are drafted by the built-in writer.
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  for (const n of [0, 1]) await page.locator('.wall').getByRole('checkbox').nth(n).check();
  await page.getByRole('button', { name: 'Keep 2 chosen pairs' }).click();
  await expect(page.getByText('2 pairs are kept for questions and review')).toBeVisible();
  await page.getByRole('link', { name: 'Draft questions on them' }).click();
  await page.getByRole('button', { name: 'Draft', exact: true }).first().click();
  await expect(page.getByText('2 questions of 2 pairs')).toBeVisible({ timeout: 300_000 });
  await accessibleAtAnyWidth(page);
});
