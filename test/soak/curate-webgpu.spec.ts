import { expect, test } from '@playwright/test';
import { expectReference } from '../browser/pairs.ts';

test('WebGPU finds the same pairs once its check has passed', async ({ page }) => {
  await page.goto('./#/curate');
  await page.getByText('WebGPU', { exact: true }).click();
  await page.getByRole('button', { name: 'Find pairs' }).click();
  await expect(page.getByRole('heading', { name: '182 pairs', exact: true })).toBeVisible({ timeout: 500_000 });
  await expectReference(page);
});
