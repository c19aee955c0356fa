import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from '@playwright/test';
import { ensureFirefox, ensureWebKit } from '../../tools/setup/browsers.mjs';
import type { Line } from '../browser/command.ts';
import { readJson } from '../browser/fixtures.ts';
import { difference } from '../browser/reference.ts';
import type { Driver } from '../support/browsers/driver.ts';
import { openFirefox } from '../support/browsers/firefox.ts';
import { DriverEnded, openWebKit } from '../support/browsers/webkit.ts';
import { chooseFolder, click, downloaded, fill, says, shows } from './page.ts';

/* The demo in browsers of other engines, as a user of them would have it. */

interface Expected {
  readonly gd: { readonly chosen: string };
  readonly ps_chosen: string;
  readonly ps_official_chosen: string;
  readonly mc_text: string;
  readonly ff_text: string;
}
const reference = readJson<{ items: Record<string, Record<'im_1' | 'im_2', Expected>> }>(
  'test/demo/data/reference.json',
).items;
/** As for Chromium (test/browser/evaluate.spec.ts). */
const TOLERANCE = 1e-3;
const PHANTOMS = resolve('public/benchmarks/phantoms/data');
const RUN_MS = 1_200_000;

const browsers: readonly (readonly [string, () => Promise<Driver>])[] = [
  ['Firefox', async () => openFirefox(ensureFirefox())],
  ['WebKitGTK, in a private session', async () => openWebKit(ensureWebKit())],
];
let open: Driver | null = null;
test.afterEach(async () => {
  await open?.close();
  open = null;
});

async function start(make: () => Promise<Driver>): Promise<Driver> {
  open = await make();
  test.info().annotations.push({ type: 'browser', description: open.version });
  await open.goto(test.info().project.use.baseURL ?? '');
  return open;
}

/** What a record says, and what it must. */
function compare(line: Line & { readonly text?: string | null }): void {
  const where = `${line.pair}/${line.image}/${line.method}`;
  const due = reference[line.pair]?.[line.image === 1 ? 'im_1' : 'im_2'];
  if (!due) throw new Error(`no reference for ${where}`);
  if (line.method === 'mc') return expect(line.text, where).toBe(due.mc_text);
  if (line.method === 'ff') return expect(line.text, where).toBe(due.ff_text);
  // FF by likelihood decides between the same two sums as PS.
  if (line.method === 'ff-likelihood') return expect(line.status, where).toBe('scored');
  const chosen = { gd: due.gd.chosen, ps: due.ps_chosen, 'ps-official': due.ps_official_chosen }[line.method];
  expect(line.chosen, where).toBe(chosen);
  expect(difference(line), where).toBeLessThan(TOLERANCE);
}

/** LOOKALIKE_BROWSERS names the ones to drive, with commas between; all where it is not set. */
const only = process.env['LOOKALIKE_BROWSERS']?.toLowerCase().split(',');
const wanted = browsers.filter(([name]) => only?.some((part) => name.toLowerCase().includes(part)) ?? true);

/** The records of the results that the page exports. */
async function exportedLines(browser: Driver): Promise<readonly Line[]> {
  await click(browser, 'main button', /^Export results$/);
  const files = await downloaded(browser);
  const text = (files.get('records.jsonl') ?? '').trim();
  return text.split('\n').map((l) => JSON.parse(l) as Line);
}

/** A folder from disk, four methods, a reload in the middle, resume and export. */
async function runDemo(make: () => Promise<Driver>): Promise<void> {
  const browser = await start(make);
  await test.step('a folder is brought from disk', async () => {
    await browser.goto(`${test.info().project.use.baseURL ?? ''}#/benchmarks`);
    await says(browser, /Bring a benchmark folder/);
    const images = readdirSync(`${PHANTOMS}/images`);
    const files = new Map(images.map((f) => [`data/images/${f}`, `${PHANTOMS}/images/${f}`]));
    await chooseFolder(browser, 'from-disk', files.set('data/dataset.json', `${PHANTOMS}/dataset.json`));
    await says(browser, /Kept the benchmark from-disk/, RUN_MS);
  });
  await test.step('a run by four methods is reloaded in the middle, goes on, is stopped and resumed', async () => {
    await click(browser, 'main a', /^run it$/i);
    for (const method of [/^MC\b/, /^FF\b/]) await click(browser, 'main label', method);
    await click(browser, 'main button', /^Start$/);
    await says(browser, /Scoring image/, RUN_MS);
    await browser.reload();
    await says(browser, /Scoring image/, RUN_MS);
    await click(browser, 'main button', /^Stop$/);
    await click(browser, 'main button', /^Resume$/);
    await shows(browser, 'finished', RUN_MS);
  });
  await test.step('the export holds every choice and log p of the reference, each once', async () => {
    const lines = await exportedLines(browser);
    for (const line of lines) compare(line);
    expect(new Set(lines.map((l) => `${l.pair}/${l.image}/${l.method}`)).size).toBe(lines.length);
    expect(lines).toHaveLength(69 * 2 * 6);
  });
}

for (const [name, make] of wanted)
  test(`${name}: a folder from disk, four methods, a reload in the middle, resume and export give the reference`, async () => {
    try {
      await runDemo(make);
    } catch (error) {
      // Said in the report as skipped: a driver that crashes tells nothing about the page.
      if (error instanceof DriverEnded) test.skip(true, error.message);
      throw error;
    }
  });

test('Firefox that keeps nothing for the page: a run works in memory, and it is said that nothing stays', async () => {
  // As a user blocks all site data.
  const browser = await start(() => openFirefox(ensureFirefox(), { 'network.cookie.cookieBehavior': 2 }));
  await says(browser, /This browser keeps nothing for this page/);
  await says(browser, /none, memory only/);
  await click(browser, 'header a', /^New run$/);
  await fill(browser, 'Only the first pairs', '4');
  await click(browser, 'main button', /^Start$/);
  await shows(browser, 'finished', RUN_MS);
  const lines = await exportedLines(browser);
  for (const line of lines) compare(line);
  expect(lines).toHaveLength(4 * 2 * 3);
});
