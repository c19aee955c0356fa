import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** axe-core/playwright brings a playwright-core of its own; only its types differ. */
type AxePage = ConstructorParameters<typeof AxeBuilder>[0]['page'];

/** px; a telephone's, and one where everything stands side by side. */
const WIDTHS = [390, 1440] as const;

/**
 * No accessibility violations in the part that the selector names.
 * Legacy mode stays in this page. Otherwise axe opens a page of its own for its report, and this one lies behind it and draws no frames until the
 * browser brings it back: on a busy machine whatever is clicked next waits for ever. No page here has frames of other origins, which that is for.
 */
export async function accessible(page: Page, part = 'html'): Promise<void> {
  await expect(page.locator(part).first()).toBeVisible();
  await drawn(page);
  const axe = new AxeBuilder({ page: page as unknown as AxePage }).setLegacyMode(true).include(part);
  const { violations } = await axe.analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join('; ')}`)).toEqual([]);
}

/** The same on a narrow screen and on a wide one; the window is as it was afterwards. */
export async function accessibleAtAnyWidth(page: Page, part = 'html'): Promise<void> {
  const before = page.viewportSize();
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 844 });
    await accessible(page, part);
  }
  if (before) await page.setViewportSize(before);
}

/** The page is laid out for its window, and what measures itself has done so. */
const drawn = (page: Page): Promise<void> =>
  page.evaluate(
    () =>
      new Promise((done) => {
        requestAnimationFrame(() => requestAnimationFrame(() => done()));
      }),
  );
