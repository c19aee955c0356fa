import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** axe-core/playwright brings a playwright-core of its own; only its types differ. */
type AxePage = ConstructorParameters<typeof AxeBuilder>[0]['page'];

/**
 * No accessibility violations in the part that the selector names.
 * Legacy mode stays in this page. Otherwise axe opens a page of its own for its report, and this one lies behind it and draws no frames until the
 * browser brings it back: on a busy machine whatever is clicked next waits for ever. No page here has frames of other origins, which that is for.
 */
export async function accessible(page: Page, part = 'html'): Promise<void> {
  await expect(page.locator(part).first()).toBeVisible();
  const axe = new AxeBuilder({ page: page as unknown as AxePage }).setLegacyMode(true).include(part);
  const { violations } = await axe.analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join('; ')}`)).toEqual([]);
}
