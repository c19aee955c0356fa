import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Page, type TestInfo } from '@playwright/test';
import { BlobReader, TextWriter, ZipReader } from '@zip.js/zip.js';
import { onceSaid, reloadBy, runOf } from './page.ts';

/*
 * A new user, without the command line: the demo, then a benchmark and a model from disk, a run that a reload interrupts, an item, the export.
 * With LOOKALIKE_SCREENSHOTS=1 the pictures of docs/screenshots are taken anew; else they go with the test's results.
 */

/** Long tasks of the page with their time, kept over reloads in the page itself. */
async function watchTasks(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const kept: { at: number; ms: number }[] = [];
    Object.assign(globalThis, { longTasks: kept });
    new PerformanceObserver((list) => {
      for (const e of list.getEntries()) kept.push({ at: performance.now(), ms: e.duration });
    }).observe({ type: 'longtask', buffered: false });
  });
}
const longTasks = (page: Page): Promise<readonly number[]> =>
  page.evaluate(() => {
    const kept: unknown = Reflect.get(globalThis, 'longTasks');
    return Array.isArray(kept) ? kept.splice(0).map((t: { ms: number }) => t.ms) : [];
  });

async function bring(page: Page, button: string, folder: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: button }).click();
  await (await chooser).setFiles(folder);
}

/**
 * The whole walk.
 * @param whileScoring is told how long the page's long tasks were, in ms, between two moments of scoring
 */
export async function walk(
  page: Page,
  info: TestInfo,
  whileScoring: (ms: readonly number[]) => void = () => undefined,
): Promise<void> {
  const folder = process.env['LOOKALIKE_SCREENSHOTS'] ? 'docs/screenshots' : info.outputPath('screenshots');
  mkdirSync(folder, { recursive: true });
  const picture = async (name: string): Promise<void> => {
    for (const width of [390, 1440]) {
      await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
      await page.screenshot({ path: join(folder, `${name}-${width}.png`) });
    }
  };
  /** Nothing but this origin, and blobs of this page, is ever asked for. */
  const { origin } = new URL(info.project.use.baseURL ?? '');
  const elsewhere: string[] = [];
  page.on('request', (r) => {
    const url = new URL(r.url());
    if (url.protocol !== 'blob:' && url.protocol !== 'data:' && url.origin !== origin) elsewhere.push(r.url());
  });
  await watchTasks(page);

  // Two folders as they lie on a disk: a benchmark with one image missing, and a model of another family.
  const disk = mkdtempSync(join(tmpdir(), 'lookalike-walk-'));
  const benchmark = join(disk, 'confusing-pairs');
  cpSync('public/benchmarks/phantoms', benchmark, { recursive: true });
  rmSync(join(benchmark, 'index.json'), { force: true });
  rmSync(join(benchmark, 'data/images/1001.png'));
  const model = join(disk, 'tiny-llava');
  cpSync('test/families/llava/model', model, { recursive: true });

  await test.step('opens the page and sees what the device can do', async () => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto('./');
    await expect(page.getByText('WebGPU').first()).toBeVisible();
    await expect(page.getByText('nothing is uploaded').first()).toBeVisible();
    await picture('start');
  });

  await test.step('runs the demo in one click', async () => {
    await page.getByRole('button', { name: 'Run the demo' }).click();
    await expect(page.getByRole('region', { name: 'Set accuracy' })).toBeVisible({ timeout: 300_000 });
    await picture('demo-running');
    await longTasks(page); // taking pictures at two sizes is no part of scoring
    await expect(page.getByText('finished', { exact: true })).toBeVisible({ timeout: 300_000 });
    whileScoring(await longTasks(page));
    await expect(page.getByRole('link', { name: 'Device certified' })).toBeVisible();
    await expect(page.getByText(/95% interval/).first()).toBeVisible();
    await page.evaluate(() => scrollTo(0, 0));
    await picture('results');
    await page.getByRole('heading', { name: 'Pairs', exact: true }).scrollIntoViewIfNeeded();
    await picture('results-pairs');
    await page.getByRole('link', { name: 'Device certified' }).click();
    await expect(page.getByRole('heading', { name: 'Certificate' })).toBeVisible();
    await picture('certificate');
  });

  await test.step('brings a model folder from disk', async () => {
    await page.goto('./#/models');
    await bring(page, 'Bring a model folder', model);
    await expect(page.getByRole('status').filter({ hasText: 'Kept the model tiny-llava' })).toBeVisible({
      timeout: 300_000,
    });
    await expect(page.getByRole('heading', { name: 'tiny-llava' })).toBeVisible();
    await picture('models');
  });

  await test.step('brings a benchmark folder from disk and is told what is wrong with it', async () => {
    await page.goto('./#/benchmarks');
    await bring(page, 'Bring a benchmark folder', benchmark);
    await expect(page.getByRole('status').filter({ hasText: 'Kept the benchmark confusing-pairs' })).toBeVisible({
      timeout: 300_000,
    });
    await page.getByRole('link', { name: 'Look at it' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'confusing-pairs' })).toBeVisible();
    await expect(page.getByText('66 of 69 pairs can run')).toBeVisible();
    await expect(page.getByRole('cell', { name: /1001/ }).first()).toBeVisible();
    await picture('benchmark');
  });

  let runUrl = '';
  await test.step('plans a run, starts it, and reloads in the middle', async () => {
    await page.getByRole('link', { name: 'Run it' }).click();
    await page.getByLabel('Model', { exact: true }).selectOption({ label: 'tiny-llava' });
    await picture('plan');
    await page.setViewportSize({ width: 1440, height: 900 });
    await onceSaid(page, /Score questions\s*[1-9]/, null);
    await reloadBy(page, () => page.getByRole('button', { name: 'Start', exact: true }).click());
    await runOf(page);
    runUrl = page.url();
  });

  await test.step('the run goes on by itself and nothing is lost or doubled', async () => {
    await expect(page.getByRole('region', { name: 'Set accuracy' })).toBeVisible({ timeout: 300_000 });
    await picture('resumed');
    await page.setViewportSize({ width: 1440, height: 900 });
    await longTasks(page);
    await expect(page.getByText('finished', { exact: true })).toBeVisible({ timeout: 300_000 });
    whileScoring(await longTasks(page));
  });

  await test.step('inspects an item', async () => {
    await page.goto(runUrl);
    await page.getByRole('button', { name: /^Failures/ }).click();
    await page
      .getByRole('link', { name: /GD: image 1/ })
      .first()
      .click();
    await expect(page.getByRole('heading', { level: 1, name: /^Pair / })).toBeVisible();
    await expect(page.locator('.pane img.ready')).toHaveCount(2);
    await picture('item');
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.keyboard.press('j');
    await expect(page.getByText(/2 of \d+ among failures/)).toBeVisible();
  });

  await test.step('exports the results folder', async () => {
    await page.goto(runUrl);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export results' }).click();
    const zip = await (await download).path();
    const reader = new ZipReader(new BlobReader(new Blob([new Uint8Array(readFileSync(zip))])));
    const files = new Map<string, string>();
    for (const entry of await reader.getEntries())
      if (!entry.directory) files.set(entry.filename, await entry.getData(new TextWriter()));
    for (const name of ['run.json', 'records.jsonl', 'summary.json', 'tables.md', 'tables.csv'])
      expect([...files.keys()]).toContain(name);
    expect([...files.keys()].some((f) => f.startsWith('official/') && f.endsWith('_greedy.json'))).toBe(true);
    const lines = (files.get('records.jsonl') ?? '').trim().split('\n');
    const keys = lines.map((l) => {
      const { pair, image, method } = JSON.parse(l) as Record<string, unknown>;
      return `${String(pair)}/${String(image)}/${String(method)}`;
    });
    const { pairs, skipped } = JSON.parse(files.get('summary.json') ?? '') as { pairs: number; skipped: unknown[] };
    expect(pairs).toBe(69);
    expect(skipped.length).toBeGreaterThan(0);
    // Two images a pair, three recorded methods each; nothing lost, nothing twice.
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBe((pairs - skipped.length) * 2 * 3);
  });

  expect(elsewhere).toEqual([]);
  rmSync(disk, { recursive: true });
}
