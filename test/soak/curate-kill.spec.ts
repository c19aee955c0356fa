import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { encode } from 'fast-png';
import { uniform } from '../../src/core/statistics/interval.ts';

/* Pair discovery over many images, killed again and again. LOOKALIKE_SOAK_WHOLE=1 asks for the whole of it; without, a part that takes some minutes. */

const WHOLE = process.env['LOOKALIKE_SOAK_WHOLE'] === '1';
const IMAGES = WHOLE ? 10_000 : 800;
const KILLS = WHOLE ? { encoding: 7, searching: 3 } : { encoding: 3, searching: 1 };
/** ms, on a busy machine; 200 with nothing else to do. Work on all images in one task takes seconds. */
const NO_LONGER_THAN = 2000;
const SEED = 13;
const SIDE = 32;
const NAME = 'many';
const LABEL = `${NAME}: ${IMAGES.toLocaleString('en')} images`;

let folder = '';
test.beforeAll(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'lookalike-test-')), NAME);
  const random = uniform(SEED);
  for (let i = 0; i < IMAGES; i++) {
    const below = join(folder, String(Math.floor(i / 500)));
    if (i % 500 === 0) mkdirSync(below, { recursive: true });
    writeFileSync(join(below, `${i}.png`), picture(random));
  }
});
test.afterAll(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

/** Two soft spots on a slope: distinct pictures, many of them alike. */
function picture(random: () => number): Uint8Array {
  const data = new Uint8Array(SIDE * SIDE);
  const [slope, ...spots] = [random(), ...Array.from({ length: 2 }, () => [random(), random(), random()] as const)];
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++) {
      let grey = 60 * slope + (60 * y) / SIDE;
      for (const [cx, cy, size] of spots) {
        const far = ((x / SIDE - cx) ** 2 + (y / SIDE - cy) ** 2) / (0.01 + 0.05 * size);
        grey += 130 * Math.exp(-far);
      }
      data[y * SIDE + x] = Math.min(255, grey);
    }
  return encode({ width: SIDE, height: SIDE, channels: 1, depth: 8, data });
}

interface LongTask {
  readonly ms: number;
  readonly at: string;
}

interface Watched {
  readonly context: BrowserContext;
  /** The tasks of all its pages that took over 50 ms, and what the page was at. */
  readonly tasks: LongTask[];
  /** Called when the page says what is wanted. */
  onWords: ((words: string) => void) | null;
}

/** A context whose pages tell their long tasks and the words of their progress, so that neither is lost with a page that is killed. */
async function watched(context: BrowserContext): Promise<Watched> {
  const on: Watched = { context, tasks: [], onWords: null };
  await context.exposeFunction('tellTask', (task: LongTask) => void on.tasks.push(task));
  await context.exposeFunction('tellWords', (words: string) => on.onWords?.(words));
  await context.addInitScript(() => {
    const tell = (name: string, value: unknown): void => {
      const told: unknown = Reflect.get(globalThis, name);
      if (typeof told === 'function') Reflect.apply(told, null, [value]);
    };
    let last = '';
    new PerformanceObserver((list) => {
      for (const { duration, startTime } of list.getEntries())
        tell('tellTask', { ms: duration, at: last || `no progress, ${(startTime / 1000).toFixed(1)} s` });
    }).observe({ type: 'longtask' });
    const look = (): void => {
      const words = document.querySelector('[aria-label="Progress"] p')?.textContent.trim() ?? '';
      if (words !== last) tell('tellWords', words);
      last = words;
    };
    addEventListener('DOMContentLoaded', () =>
      new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true }),
    );
  });
  return on;
}

async function opened({ context }: Watched): Promise<Page> {
  const page = await context.newPage();
  await page.goto('./#/curate');
  await expect(page.getByRole('button', { name: 'Find pairs' })).toBeVisible();
  return page;
}

async function bring(page: Page): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Bring a folder' }).click();
  await (await chooser).setFiles(folder);
  await expect(page.getByLabel('Images', { exact: true })).toContainText(LABEL, { timeout: 600_000 });
  await expect(page.getByRole('button', { name: 'Find pairs' })).toBeEnabled();
}

async function start(page: Page): Promise<void> {
  await expect(page.getByLabel('Images', { exact: true })).toContainText(LABEL);
  await page.getByLabel('Images', { exact: true }).selectOption({ label: LABEL });
  await page.getByText('WASM', { exact: true }).click();
  await page.getByRole('button', { name: 'Find pairs' }).click();
}

/** What was found: its heading, and the exported list. */
async function result(page: Page): Promise<{ heading: string; csv: string }> {
  const heading = page.getByRole('heading', { name: /^[\d,]+ pairs$/ });
  await expect(heading).toBeVisible({ timeout: 3_000_000 });
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: /pairs\.csv of all/ }).click();
  return { heading: await heading.innerText(), csv: readFileSync(await (await download).path(), 'utf8') };
}

/** How far both encoders are, of 1, as the page says it; null where it says something else. */
function partOf(words: string): number | null {
  const [, which, done = '', total = ''] = /^(Medical|General) encoder: images: ([\d,]+) of ([\d,]+)/.exec(words) ?? [];
  const number = (text: string): number => Number(text.replaceAll(',', ''));
  return which === undefined ? null : (which === 'General' ? 0.5 : 0) + number(done) / number(total) / 2;
}

/** Finds pairs until the words say that it is time, and kills the page there. @returns how far it was when it began, and when it was killed */
async function killed(
  on: Watched,
  page: Page,
  when: (words: string) => boolean,
): Promise<{ from: number; to: number }> {
  let [from, to] = [NaN, NaN];
  const time = new Promise<void>((resolve) => {
    on.onWords = (words) => {
      const part = partOf(words) ?? to;
      if (Number.isNaN(from)) from = part;
      to = part;
      if (when(words)) resolve();
    };
  });
  await start(page);
  await time;
  on.onWords = null;
  await page.close();
  return { from, to };
}

function told(tasks: readonly LongTask[]): string {
  const longest = [...tasks].sort((a, b) => b.ms - a.ms).slice(0, 8);
  return `${tasks.length} tasks over 50 ms: ${longest.map(({ ms, at }) => `${ms.toFixed(0)} ms (${at})`).join('; ')}`;
}

test(`${IMAGES} images, killed ${KILLS.encoding + KILLS.searching} times while encoding and searching: goes on where it was and finds the same pairs, without a long task`, async ({
  browser,
  baseURL,
}) => {
  const random = uniform(SEED);
  const base = baseURL === undefined ? {} : { baseURL };
  const alone = await watched(await browser.newContext(base));
  const undisturbed = await opened(alone);
  await bring(undisturbed);
  await start(undisturbed);
  const expected = await result(undisturbed);
  expect(expected.csv.split('\n').length).toBeGreaterThan(10);
  await alone.context.close();
  process.stdout.write(`left alone: ${expected.heading}; ${told(alone.tasks)}\n`);

  const on = await watched(await browser.newContext(base));
  let page = await opened(on);
  await bring(page);
  let before = 0;
  const moments = Array.from({ length: KILLS.encoding }, random).sort((a, b) => a - b);
  for (const moment of moments) {
    const { from, to } = await killed(on, page, (words) => (partOf(words) ?? 0) >= moment || /^Comparing/.test(words));
    // What was embedded is kept, but for the batches in hand.
    expect(from).toBeGreaterThanOrEqual(before - 64 / IMAGES);
    before = to;
    page = await opened(on);
  }
  for (let kill = 0; kill < KILLS.searching; kill++) {
    const moment = random();
    await killed(on, page, (words) => {
      const [, done = '0', total = '1'] = /^Comparing pairs: ([\d,]+) of ([\d,]+)/.exec(words) ?? [];
      return (
        words === '' ||
        (/^Comparing/.test(words) && Number(done.replaceAll(',', '')) >= moment * Number(total.replaceAll(',', '')))
      );
    });
    page = await opened(on);
  }
  await start(page);
  expect(await result(page)).toEqual(expected);
  process.stdout.write(`killed: ${told(on.tasks)}\n`);
  await on.context.close();
  expect([...alone.tasks, ...on.tasks].filter(({ ms }) => ms >= NO_LONGER_THAN)).toEqual([]);
});
