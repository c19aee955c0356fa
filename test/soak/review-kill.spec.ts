import { expect, test, type Page } from '@playwright/test';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { uniform } from '../../src/core/statistics/interval.ts';
import { verifyTrail } from '../../src/core/review/chain.ts';
import { draftOf, hash } from '../unit/review/drafts.ts';

const KILLS = 100;
const SEED = 14;
const sha = (image: string): string =>
  createHash('sha256')
    .update(readFileSync(`public/benchmarks/phantoms/data/images/${image}`))
    .digest('hex');
const drafts = Array.from({ length: 10 }, (_, n) =>
  draftOf(n, { sha256: [sha(`${1001 + 2 * n}.png`), sha(`${1002 + 2 * n}.png`)] }),
);

/** Events of the only trail, as they are on disk, in their order. */
function kept(page: Page): Promise<readonly { n: number; field: string | null; after: unknown }[]> {
  return page.evaluate(
    () =>
      new Promise((done) => {
        const open = indexedDB.open('lookalike');
        open.onsuccess = () => {
          const got = open.result.transaction('events').objectStore('events').getAll();
          got.onsuccess = () => {
            open.result.close();
            const rows = got.result as { event: { n: number; field?: string; after?: unknown } }[];
            const all = rows.map(({ event }) => ({ n: event.n, field: event.field ?? null, after: event.after }));
            done(all.sort((a, b) => a.n - b.n));
          };
        };
      }),
  );
}

async function enter(page: Page): Promise<void> {
  await page.getByLabel('Your name').fill('Reader');
  await page.getByRole('button', { name: /^(Begin|Go on)$/ }).click();
  await expect(page.getByRole('group', { name: 'Both images' })).toBeVisible();
}

/** Flags the pair in sight, or takes that back, and waits until the page shows it. @returns what it shows */
async function flipFlag(page: Page): Promise<boolean> {
  const flag = page.getByRole('button', { name: /^Flag/ });
  const seen = page.getByText('flagged', { exact: true });
  // The trail is written once all keys before are done.
  const trail = page.waitForEvent('download');
  await page.getByRole('button', { name: 'My trail' }).click();
  await trail;
  const flagged = (await flag.getAttribute('aria-pressed')) === 'true';
  await page.keyboard.press('f');
  await (flagged ? expect(seen).toHaveCount(0) : expect(seen).toBeVisible());
  return !flagged;
}

test(`a review killed ${KILLS} times in the middle of its keys loses and doubles no event`, async ({ context }) => {
  const random = uniform(SEED);
  let page = await context.newPage();
  await page.goto('./#/benchmarks');
  await expect(page.getByText('69 of 69 pairs')).toBeVisible();
  await page.goto('./#/curate/review');
  const buffer = Buffer.from(drafts.map((d) => `${JSON.stringify(d)}\n`).join(''));
  await page
    .getByLabel('Bring drafts.jsonl')
    .setInputFiles({ name: 'drafts.jsonl', mimeType: 'application/jsonl', buffer });
  await page.getByRole('link', { name: 'Review', exact: true }).click();
  await expect(page.getByLabel('Your name')).toBeVisible();
  const address = page.url();
  let before = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    await enter(page);
    const keys = 1 + Math.floor(random() * 6);
    for (let i = 0; i < keys; i++) {
      const key = ['f', 'x', '7', '8', 'u', 's', 'Enter', 'c'][Math.floor(random() * 8)] ?? 'f';
      // Nothing is waited for: the kill meets the last events on their way to the disk.
      await page.keyboard.press(key);
    }
    const shown = random() < 0.5 ? await flipFlag(page) : null;
    if (random() < 0.5) {
      await page.close();
      page = await context.newPage();
      await page.goto(address);
    } else await page.reload();
    await expect(page.getByLabel('Your name')).toBeVisible();
    const events = await kept(page);
    // Numbered without a gap, and nothing that was there is gone.
    expect(events.map((e) => e.n)).toEqual(events.map((_, i) => i + 1));
    expect(events.length).toBeGreaterThanOrEqual(Math.max(before, 1));
    // At most one event a key, one for the flag, and the beginning of the trail.
    expect(events.length - before).toBeLessThanOrEqual(keys + 1 + (kill === 0 ? 1 : 0));
    // What was on the screen when the kill came is on the disk.
    if (shown !== null) expect(events.at(-1)).toMatchObject({ field: 'flagged', after: shown });
    before = events.length;
  }
  await enter(page);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'My trail' }).click();
  const proved = await verifyTrail(readFileSync(await (await download).path(), 'utf8'), hash);
  expect(proved).toMatchObject({ ok: true });
  if (proved.ok) expect(proved.events).toHaveLength(before);
});
