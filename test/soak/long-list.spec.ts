import { readFileSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';

/** The list of 10,000 pairs: an imported run, because nobody waits for a model to answer them. */
const PAIRS = 10_000;
const ALL = /^10,?000 pairs$/;
/** ms, on a busy machine; 100 with nothing else to do. A list that draws every row takes many seconds. */
const NO_LONGER_THAN = 1000;
test.use({ viewport: { width: 1440, height: 900 } });

const json = (name: string, value: unknown) => ({
  name,
  mimeType: 'application/json',
  buffer: Buffer.from(JSON.stringify(value)),
});

/** Questions in the layout of MediConfusion, its own texts again and again under new ids and with images of their own. */
function questions(): Record<string, Record<string, unknown>> {
  const known = Object.values(
    JSON.parse(readFileSync('test/data/mediconfusion/dataset.json', 'utf8')) as Record<string, Record<string, unknown>>,
  );
  return Object.fromEntries(
    Array.from({ length: PAIRS }, (_, i) => {
      const images = { im_1: `a/${i}.jpg`, im_2: `b/${i}.jpg`, im_1_local: 2 * i, im_2_local: 2 * i + 1 };
      return [String(100_000 + i), { ...known[i % known.length], ...images }];
    }),
  );
}

/** Answers to them: A and B in turns of seven and eleven, so that no filter finds all pairs or none. */
function answers(every: number): unknown {
  const answer = (letter: string) => ({ full_answer: letter, A: letter === 'A' ? 10 : 0, B: letter === 'B' ? 10 : 0 });
  return Object.fromEntries(
    Array.from({ length: PAIRS }, (_, i) => [
      String(100_000 + i),
      {
        answer: {
          im1: answer(i % every < every / 2 ? 'A' : 'B'),
          im2: answer(i % (every + 4) < every / 2 ? 'B' : 'A'),
        },
      },
    ]),
  );
}

async function watchTasks(page: Page): Promise<() => Promise<readonly number[]>> {
  await page.addInitScript(() => {
    const kept: number[] = [];
    Object.assign(globalThis, { longTasks: kept });
    new PerformanceObserver((list) => kept.push(...list.getEntries().map((e) => e.duration))).observe({
      type: 'longtask',
    });
  });
  return () =>
    page.evaluate(() => {
      const kept: unknown = Reflect.get(globalThis, 'longTasks');
      return Array.isArray(kept) ? kept.splice(0).map(Number) : [];
    });
}

test('10,000 pairs scroll, are filtered, sorted and searched without a long task', async ({ page }) => {
  const longTasks = await watchTasks(page);
  await page.goto('./#/runs');
  await page
    .getByLabel('Official result files')
    .setInputFiles([json('many_mc.json', answers(7)), json('many_greedy.json', answers(11))]);
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Question file').setInputFiles(json('dataset.json', questions()));
  await expect(dialog).toContainText(/MC: 10,?000 of 10,?000 pairs can be taken/);
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(page).toHaveURL(/#\/runs\/[0-9a-f]+$/);
  const count = page.getByRole('status').filter({ hasText: /^[\d,]+ pairs?$/ });
  await expect(count).toHaveText(ALL);
  // What resamples comes after the first numbers; it is part of opening, not of scrolling.
  const uncertainty = page.getByRole('region', { name: 'Uncertainty' });
  await expect(uncertainty).toBeVisible();
  await expect(uncertainty).not.toContainText('…');
  const opened = await longTasks();

  const list = page.getByRole('list').filter({ has: page.locator('a.pair-grid') });
  const first = list.getByRole('link').first();
  await first.focus();
  // By key, and by wheel through a thousand rows and more.
  for (let i = 0; i < 60; i++) await page.keyboard.press('j');
  await expect(list.locator('li:focus-within')).toHaveAttribute('aria-posinset', '61');
  await page.keyboard.press('End');
  await expect(list.locator('li:focus-within')).toHaveAttribute('aria-posinset', String(PAIRS));
  await page.keyboard.press('Home');
  await expect(list.locator('li:focus-within')).toHaveAttribute('aria-posinset', '1');
  await page.mouse.move(700, 500);
  for (let i = 0; i < 60; i++) await page.mouse.wheel(0, 1000);
  /** The place in the list of the row in the middle of the window. */
  const inSight = (): Promise<number> =>
    page.evaluate(() => Number(document.elementFromPoint(700, 450)?.closest('li')?.getAttribute('aria-posinset')));
  await expect.poll(inSight).toBeGreaterThan(500);
  const scrolled = await longTasks();

  await page.evaluate(() => scrollTo(0, 0));
  await page.getByRole('button', { name: /^Confused/ }).click();
  await expect(count).not.toHaveText(ALL);
  await page.getByRole('button', { name: /^All/ }).click();
  await expect(count).toHaveText(ALL);
  await page.getByRole('group', { name: 'Sort by' }).getByRole('button', { name: 'MC' }).click();
  await expect(page).toHaveURL(/sort=by%3Amc/);
  await page.getByLabel('Search').pressSequentially('carotid');
  await expect(page).toHaveURL(/words=carotid/);
  await expect(count).not.toHaveText(ALL);
  const found = await longTasks();
  const longest = (all: readonly number[]): number => Math.max(0, ...all);
  console.log('longest task, ms: opening', longest(opened), 'scrolling', longest(scrolled), 'finding', longest(found));
  expect(await list.getByRole('listitem').count()).toBeLessThan(120);
  expect(longest(scrolled), 'longest task while scrolling, ms').toBeLessThanOrEqual(NO_LONGER_THAN);
  expect(longest(found), 'longest task while finding, ms').toBeLessThanOrEqual(NO_LONGER_THAN);
});
