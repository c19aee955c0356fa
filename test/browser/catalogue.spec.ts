import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { accessible } from './accessible.ts';
import { startHub, type FakeHub } from '../support/hub/hub.ts';
import { listing, REPOSITORY } from './fixtures.ts';
import { reloadBy, visit } from './page.ts';

/*
 * Models of the hub in the page, against a hub of this machine that stands in as a mirror: it lists one repository of the catalogue, and holds
 * the demo's small model under that name.
 */

const MODEL = 'HuggingFaceTB/SmolVLM-256M-Instruct';
const FOLDER = 'public/models/phantom-vlm';
const SLOW = 'onnx/decoder_model_merged_q4.onnx';

let hub: FakeHub;
test.beforeAll(async () => {
  const files = listing(FOLDER)
    .filter(({ path }) => path !== 'index.json')
    .map(({ path }) => [path, new Uint8Array(readFileSync(join(REPOSITORY, FOLDER, path)))] as const);
  hub = await startHub({ repository: MODEL, files: new Map(files), pageSize: 50 });
});
test.afterAll(() => hub.close());
test.beforeEach(() => {
  hub.fault = () => null;
  hub.gate = null;
  hub.reset();
});

/** Names the mirror in Settings, allows it and reloads, as a user does. */
async function openToMirror(page: Page): Promise<void> {
  await page.goto('./#/settings');
  await page.getByLabel(/The official hub, or a mirror/).fill(hub.url);
  await page.getByLabel(/Hosts from which the mirror/).fill(hub.delivery);
  await page.getByRole('button', { name: 'Use this address' }).click();
  await page.getByRole('button', { name: /^Allow 127\.0\.0\.1/ }).click();
  await reloadBy(page, () => page.getByRole('button', { name: 'Reload now' }).click());
  await expect(page.getByText('Open to the hub')).toBeVisible();
}

async function openCard(page: Page): Promise<void> {
  await page.goto('./#/models');
  await page.getByRole('button', { name: `Download ${MODEL}` }).click();
}

const bytesAsked = (): readonly string[] => hub.asked.filter((a) => a.route === 'cdn').map((a) => a.path);

/** Whether the browser's policy keeps the page from asking a host. */
const refuses = (page: Page, url: string): Promise<boolean> =>
  page.evaluate(async (address) => {
    const refused = new Promise<boolean>((resolve) => {
      document.addEventListener('securitypolicyviolation', () => resolve(true), { once: true });
    });
    const answered = fetch(address).then(
      () => false,
      () => refused,
    );
    return answered;
  }, url);

test('the page is closed to the hub until the user allows it, and then open to exactly the hosts named', async ({
  page,
}) => {
  await page.goto('./#/settings');
  await expect(page.getByText('this page’s own address, and nothing else')).toBeVisible();
  expect(await refuses(page, hub.url)).toBe(true);
  await openToMirror(page);
  await expect(page.getByText(`itself and ${hub.url}, ${hub.delivery}`)).toBeVisible();
  expect(await refuses(page, hub.url)).toBe(false);
  expect(await refuses(page, 'https://huggingface.co/')).toBe(true);
  await page.getByRole('button', { name: 'Close it again' }).click();
  // It says so at once; the policy is another from the next load on.
  await reloadBy(page, () => page.getByRole('button', { name: 'Reload now' }).click());
  await expect(page.getByText('this page’s own address, and nothing else')).toBeVisible();
  expect(await refuses(page, hub.url)).toBe(true);
});

test(
  'a model is downloaded from its card, over a reload and a pause, verified, mended, run and deleted',
  { tag: '@soak' },
  async ({ page }) => {
    await openToMirror(page);

    await test.step('the dialog states size and licence before any byte of weights', async () => {
      await openCard(page);
      const dialog = page.getByRole('dialog', { name: MODEL });
      await dialog.getByLabel('Weights').selectOption('q4');
      await expect(dialog).toContainText(/Download\s*\d+(\.\d)? MB in \d+ files/);
      await expect(dialog).toContainText('apache-2.0');
      await accessible(page);
      expect(bytesAsked()).toEqual([]);
      hub.fault = (asked) => (asked.path === SLOW ? { kind: 'slow', bytesPerSecond: 40_000 } : null);
      await dialog.getByRole('button', { name: /^Download \d/ }).click();
    });

    const line = page.getByRole('listitem', { name: `Download of ${MODEL}` });
    await test.step('a reload in the middle goes on by itself', async () => {
      await expect.poll(() => hub.served.get(SLOW) ?? 0).toBeGreaterThan(10_000);
      await expect(line).toContainText(/\d+(\.\d)? MB of \d+(\.\d)? MB/);
      await accessible(page);
      await page.reload();
      await expect(line.getByRole('button', { name: 'Pause' })).toBeVisible();
      await expect.poll(() => bytesAsked().filter((path) => path === SLOW).length).toBeGreaterThanOrEqual(2);
    });

    await test.step('a paused one waits for the user, over a reload too, and what arrived is not asked for again', async () => {
      await line.getByRole('button', { name: 'Pause' }).click();
      await expect(line).toContainText('paused');
      await page.reload();
      await expect(line).toContainText('paused');
      hub.fault = () => null;
      await line.getByRole('button', { name: 'Resume' }).click();
      await expect(line).toHaveCount(0);
      await expect(page.getByRole('status').filter({ hasText: 'has arrived whole' })).toBeVisible();
      const others = bytesAsked().filter((path) => path !== SLOW);
      expect(others).toEqual([...new Set(others)]);
    });

    await test.step('a lost part is found, and only it is fetched again', async () => {
      await expect(page.getByRole('heading', { name: MODEL, level: 2 })).toBeVisible();
      await page.getByRole('button', { name: `Files of ${MODEL}` }).click();
      const dialog = page.getByRole('dialog', { name: MODEL });
      await dialog.getByRole('button', { name: 'Verify' }).click();
      await expect(dialog.getByRole('status')).toContainText('have the hashes');
      await accessible(page);
      await losePart(page, SLOW);
      hub.reset();
      await dialog.getByRole('button', { name: 'Verify' }).click();
      await expect(dialog.getByRole('alert')).toContainText(`${SLOW} part 1 (missing)`);
      await dialog.getByRole('button', { name: 'Fetch only those parts again' }).click();
      await expect(dialog.getByRole('status')).toContainText('have the hashes');
      expect(bytesAsked()).toEqual([SLOW]);
      await dialog.getByRole('button', { name: 'Compare with the hub' }).click();
      await expect(dialog.getByRole('status')).toContainText('Every file is what the hub publishes');
      await dialog.getByRole('button', { name: 'Close' }).click();
    });

    await test.step('it is exported, and the zip is refused when a byte of it was changed', async () => {
      await page.getByRole('button', { name: `Files of ${MODEL}` }).click();
      const saved = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Export zip' }).click();
      const zip = readFileSync(await (await saved).path());
      await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
      const bring = async (buffer: Buffer): Promise<void> => {
        const chooser = page.waitForEvent('filechooser');
        await page.getByRole('button', { name: 'Bring a zip' }).click();
        await (await chooser).setFiles({ name: 'carried.zip', mimeType: 'application/zip', buffer });
      };
      const altered = Buffer.from(zip);
      altered[Math.floor(zip.length / 2)] = (altered[Math.floor(zip.length / 2)] ?? 0) ^ 1;
      await bring(altered);
      await expect(page.getByRole('alert')).toContainText('carried.zip could not be kept');
      await bring(zip);
      await expect(page.getByRole('status').filter({ hasText: `Kept the model ${MODEL}` })).toBeVisible();
    });

    await test.step('it scores', async () => {
      await page.getByRole('listitem').filter({ hasText: MODEL }).getByRole('link', { name: 'Run' }).first().click();
      await page.getByLabel('Only the first pairs').fill('1');
      await page.getByRole('button', { name: 'Start', exact: true }).click();
      await expect(page.getByText('finished', { exact: true })).toBeVisible({ timeout: 300_000 });
    });

    await test.step('the storage manager lists it with its size, and deletes it', async () => {
      await page.goto('./#/settings');
      await expect(page.getByRole('row', { name: new RegExp(`${MODEL} model .* MB`) })).toBeVisible();
      await accessible(page);
      await page.getByRole('button', { name: `Delete model ${MODEL}` }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
      await expect(page.getByRole('row', { name: MODEL })).toHaveCount(1); // the run that it made
      await visit(page, '#/models', 'Models');
      await expect(page.getByText('Reading…')).toHaveCount(0);
      await expect(page.getByRole('heading', { name: MODEL, level: 2 })).toHaveCount(0);
    });
  },
);

/** Takes a part of a kept file out of the database, as a browser that loses data would. */
function losePart(page: Page, path: string): Promise<void> {
  return page.evaluate(
    (lost) =>
      new Promise<void>((resolve, reject) => {
        const open = indexedDB.open('lookalike');
        open.onerror = () => reject(new Error('the database does not open'));
        open.onsuccess = () => {
          const tx = open.result.transaction('chunks', 'readwrite');
          const keys = tx.objectStore('chunks').getAllKeys();
          keys.onsuccess = () => {
            const key = keys.result.find((k) => Array.isArray(k) && k[1] === lost);
            if (key !== undefined) tx.objectStore('chunks').delete(key);
          };
          tx.oncomplete = () => {
            open.result.close();
            resolve();
          };
        };
      }),
    path,
  );
}

test('a gated model asks for a token, which is not kept', async ({ page }) => {
  await openToMirror(page);
  hub.gate = 'hf_for_this_test';
  await openCard(page);
  const dialog = page.getByRole('dialog', { name: MODEL });
  await expect(dialog.getByRole('alert')).toContainText('is gated');
  await dialog.getByLabel('Access token for gated models').fill('hf_for_this_test');
  await dialog.getByRole('button', { name: 'Ask again' }).click();
  await expect(dialog.getByRole('button', { name: /^Download \d/ })).toBeVisible();
  await page.reload();
  await page.goto('./#/settings');
  await expect(page.getByLabel('Access token for gated models')).toHaveValue('');
});

test('what the hub does not have, and what comes from a sign-in page, is said in words', async ({ page }) => {
  await openToMirror(page);
  await page.goto('./#/models');
  await page.getByLabel(/Another model of the hub/).fill('nobody/nothing');
  await page.getByRole('button', { name: 'Add' }).click();
  const dialog = page.getByRole('dialog', { name: 'nobody/nothing' });
  await expect(dialog.getByRole('alert')).toContainText('was not found');
  hub.fault = () => ({ kind: 'html' });
  await dialog.getByRole('button', { name: 'Ask again' }).click();
  await expect(dialog.getByRole('alert')).toContainText('sign-in page of this network');
});

test('opening the page to the hub from a card comes back to that card after the reload', async ({ page }) => {
  await openCard(page);
  const dialog = page.getByRole('dialog', { name: MODEL });
  await expect(dialog).toContainText('https://huggingface.co');
  await accessible(page);
  await dialog.getByRole('button', { name: 'Allow huggingface.co' }).click();
  // Nothing may really be asked of it here; it never answers, so that it is still being asked when that is looked for.
  await page.context().route(/huggingface/, () => undefined);
  await dialog.getByRole('button', { name: 'Reload now' }).click();
  await expect(dialog).toContainText('Asking huggingface.co about sizes and licence');
});
