import { expect, test } from '@playwright/test';
import { newProfile } from '../support/harness/store-lab.ts';
import { serve } from '../../tools/serve/server.mjs';
import { DIST, ensureBuilt } from '../../tools/setup/setup.mjs';
import { runOf } from './page.ts';

test('after one visit the demo runs from a fresh browser start with the server stopped', { tag: '@soak' }, async () => {
  await ensureBuilt();
  const server = await serve({ root: DIST, port: 0 });
  const profile = newProfile();
  const first = await profile.open();
  const visit = first.pages()[0] ?? (await first.newPage());
  await visit.goto(server.url);
  await expect
    .poll(() => visit.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.active?.state), {
      timeout: 300_000,
    })
    .toBe('activated');
  await first.close();
  await server.close();
  const context = await profile.open();
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto(server.url);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await page.getByRole('button', { name: 'Run the demo' }).click();
    // Until the run is there, the page may not have made its database.
    await runOf(page);
    const records = (): Promise<number> =>
      page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            const open = indexedDB.open('lookalike');
            open.onsuccess = () => {
              const count = open.result.transaction('records').objectStore('records').count();
              count.onsuccess = () => {
                open.result.close();
                resolve(count.result);
              };
            };
          }),
      );
    await expect.poll(records, { timeout: 300_000 }).toBeGreaterThan(0);
  } finally {
    await context.close();
    profile.remove();
  }
});
