import { expect, type Page } from '@playwright/test';
import { at } from '../../src/core/json.ts';

/** Everything that this page keeps, as text. */
export function kept(page: Page): Promise<string> {
  return page.evaluate(
    () =>
      new Promise<string>((resolve, reject) => {
        const open = indexedDB.open('lookalike');
        open.onerror = () => reject(new Error('the database does not open'));
        open.onsuccess = () => {
          const names = [...open.result.objectStoreNames];
          const tx = open.result.transaction(names);
          const all = names.map((name) => tx.objectStore(name).getAll());
          tx.oncomplete = () => {
            open.result.close();
            const rows = all.map((request) => JSON.stringify(request.result));
            resolve([...rows, JSON.stringify({ ...localStorage, ...sessionStorage }), location.href].join('\n'));
          };
        };
      }),
  );
}

/** Records of the run that the page shows. */
export async function records(page: Page): Promise<readonly unknown[]> {
  const id = /runs\/([0-9a-f]+)/.exec(page.url())?.[1] ?? '';
  const text = await page.evaluate(
    (run) =>
      new Promise<string>((resolve, reject) => {
        const open = indexedDB.open('lookalike');
        open.onerror = () => reject(new Error('the database does not open'));
        open.onsuccess = () => {
          const tx = open.result.transaction(['records']);
          const all = tx.objectStore('records').index('run').getAll(run);
          tx.oncomplete = () => {
            open.result.close();
            resolve(JSON.stringify(all.result));
          };
        };
      }),
    id,
  );
  const rows: unknown = JSON.parse(text);
  return (Array.isArray(rows) ? rows : []).map((row) => at(row, 'record') ?? row);
}

export async function connect(page: Page, url: string, key: string): Promise<void> {
  await page.goto('./#/servers');
  await page.getByLabel('Address').fill(url);
  await page.getByLabel('Key, if it wants one').fill(key);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
}

export async function examined(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Check this model' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('toy');
  await expect(page.getByRole('heading', { level: 2, name: 'What it can be asked' })).toBeVisible();
}
