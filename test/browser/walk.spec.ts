import { cpSync, mkdirSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import { DEMO_BENCHMARK, DEMO_MODEL, scratch } from './command.ts';

/**
 * A new user's way through the page: the demo, then a benchmark and a model from disk, a reload in the middle of the run, an item, the export.
 * LOOKALIKE_SHOTS=docs/screenshots keeps a picture of each step, 1440 and 390 px wide.
 */
const SHOTS = process.env['LOOKALIKE_SHOTS'];
const LONGEST_TASK_MS = 200;
const space = scratch();
test.afterAll(() => space.remove());
test.use({ viewport: { width: 1440, height: 900 } });

async function shoot(page: Page, name: string): Promise<void> {
  if (SHOTS === undefined) return;
  mkdirSync(SHOTS, { recursive: true });
  for (const [width, height] of [
    [390, 844],
    [1440, 900],
  ] as const) {
    await page.setViewportSize({ width, height });
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    await page.screenshot({ path: `${SHOTS}/${name}-${width}.png` });
  }
}

/** Notes the page's long tasks while a run is going on. */
async function watchTasks(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const tasks: number[] = [];
    Object.assign(globalThis, { longTasks: tasks });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) tasks.push(entry.duration);
    }).observe({ type: 'longtask', buffered: false });
  });
}
const longest = (page: Page): Promise<number> =>
  page.evaluate(() => Math.max(0, ...((globalThis as { longTasks?: number[] }).longTasks ?? [])));
const forgetTasks = (page: Page): Promise<unknown> =>
  page.evaluate(() => ((globalThis as { longTasks?: number[] }).longTasks ?? []).splice(0));

/** Brings a folder by the page's folder dialog and waits until it is kept. */
async function bring(page: Page, button: string, folder: string, kept: RegExp): Promise<void> {
  const dialog = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: button }).first().click();
  await (await dialog).setFiles(folder);
  await expect(page.getByRole('status').filter({ hasText: kept })).toBeVisible({ timeout: 60_000 });
}

/** Waits for the end of the run that is shown. */
async function finished(page: Page): Promise<void> {
  await expect(page.getByRole('region', { name: 'Progress' })).toBeHidden({ timeout: 240_000 });
  await expect(page.getByRole('button', { name: 'Export results' })).toBeEnabled();
}

test('from the first visit to exported results', async ({ page }) => {
  test.setTimeout(600_000);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await watchTasks(page);

  await test.step('the first screen says what this is and what the device can do', async () => {
    await page.goto('/');
    await expect(page.getByRole('heading', { level: 1 })).toContainText('tell apart');
    await expect(page.getByText('Research use, not diagnosis').first()).toBeVisible();
    await expect(page.getByText('WebGPU').first()).toBeVisible();
    await shoot(page, 'start');
  });

  await test.step('the demo runs on one click', async () => {
    await page.getByRole('button', { name: 'Run the demo' }).click();
    await expect(page.getByText(/Scoring image \d+ of 100/)).toBeVisible({ timeout: 120_000 });
    await shoot(page, 'running');
    await forgetTasks(page);
    await finished(page);
    expect(await longest(page)).toBeLessThanOrEqual(LONGEST_TASK_MS);
    await expect(page.getByRole('region', { name: 'Set accuracy' })).toContainText('73.91');
    await shoot(page, 'results');
  });

  await test.step('a benchmark and a model come in from disk', async () => {
    cpSync(DEMO_BENCHMARK, space.path('ward-pairs'), { recursive: true });
    cpSync(DEMO_MODEL, space.path('small-vlm'), { recursive: true });
    await page.goto('/#/benchmarks');
    await bring(page, 'Bring a benchmark folder', space.path('ward-pairs'), /Kept the benchmark ward-pairs/);
    await shoot(page, 'benchmarks');
    await page.goto('/#/models');
    await bring(page, 'Bring a model folder', space.path('small-vlm'), /Kept the model small-vlm/);
    await shoot(page, 'models');
  });

  let run = '';
  await test.step('the plan says what it will cost, and the run starts', async () => {
    await page.goto('/#/run');
    await page.getByLabel('Benchmark').selectOption({ label: 'ward-pairs (69 pairs)' });
    await page.getByLabel('Model').selectOption({ label: 'small-vlm' });
    await expect(page.getByRole('complementary')).toContainText('100');
    await shoot(page, 'plan');
    await page.getByRole('button', { name: 'Start' }).click();
    await expect(page).toHaveURL(/#\/runs\/.+/);
    run = page.url();
    await expect(page.getByText(/Scoring image ([5-9]|\d\d) of 100/)).toBeVisible({ timeout: 120_000 });
  });

  await test.step('a reload in the middle loses nothing: the run is resumed, without asking for the folders again', async () => {
    await page.reload();
    await expect(page).toHaveURL(run);
    const note = page.getByText(/This run is not finished: \d+ answers are kept/);
    await expect(note).toBeVisible();
    const kept = Number(/(\d+) answers/.exec((await note.textContent()) ?? '')?.[1]);
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(414);
    await shoot(page, 'unfinished');
    await page.getByRole('button', { name: 'Resume' }).click();
    await finished(page);
    await expect(page.getByRole('region', { name: 'Set accuracy' })).toContainText('73.91');
  });

  await test.step('one pair, with everything behind its score', async () => {
    await page.getByRole('link', { name: /50002/ }).first().click();
    await expect(page).toHaveURL(/items\/50002/);
    await expect(page.getByRole('img').first()).toBeVisible();
    await shoot(page, 'item');
    await page.goBack();
  });

  await test.step('the results come out as one file', async () => {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export results' }).click();
    expect((await download).suggestedFilename()).toMatch(/\.zip$/);
    await shoot(page, 'export');
  });

  expect(problems).toEqual([]);
});
