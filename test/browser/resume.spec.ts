import { expect, test, type Page } from '@playwright/test';
import { onceSaid, runOf, visit } from './page.ts';

/** A run on the page that is stopped and whose device or program is then another: it never goes on under the old description. */

/** What is stored of a run, changed as an update, another machine's profile, or another GPU would. */
function changeStored(page: Page, id: string, change: 'adapter' | 'scoringVersion', value: unknown): Promise<unknown> {
  return page.evaluate(
    ([run, what, to]) =>
      new Promise<unknown>((resolve, reject) => {
        const open = indexedDB.open('lookalike');
        open.onerror = () => reject(new Error('the database does not open'));
        open.onsuccess = () => {
          const tx = open.result.transaction('runs', 'readwrite');
          const row = tx.objectStore('runs').get(run);
          let before: unknown;
          row.onsuccess = () => {
            const of = what === 'adapter' ? row.result.info.device : row.result.info;
            before = of[what];
            of[what] = to;
            tx.objectStore('runs').put(row.result);
          };
          tx.oncomplete = () => {
            open.result.close();
            resolve(before);
          };
        };
      }),
    [id, change, value] as const,
  );
}

/** How many records a run has, and the state and device in its description. */
function stored(page: Page, id: string): Promise<{ records: number; info: string }> {
  return page.evaluate(
    (run) =>
      new Promise<{ records: number; info: string }>((resolve, reject) => {
        const open = indexedDB.open('lookalike');
        open.onerror = () => reject(new Error('the database does not open'));
        open.onsuccess = () => {
          const tx = open.result.transaction(['runs', 'records']);
          const row = tx.objectStore('runs').get(run);
          const records = tx.objectStore('records').index('run').count(run);
          tx.oncomplete = () => {
            open.result.close();
            resolve({ records: records.result, info: JSON.stringify(row.result.info) });
          };
        };
      }),
    id,
  );
}

/** Starts a run of a few pairs and stops it once something is scored. */
async function stoppedRun(page: Page): Promise<string> {
  await page.goto('./#/run');
  await page.getByLabel('Only the first pairs').fill('12');
  await onceSaid(page, /\b[1-9]\d* of 24\b/, 'Stop');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  const id = await runOf(page);
  await expect(page.getByRole('button', { name: 'Resume' })).toBeEnabled({ timeout: 300_000 });
  return id;
}

const OTHER = { vendor: 'other', architecture: 'x1', device: '', description: '' };

test('a run whose adapter or scoring version is another is not resumed, with both values named; start anew works', async ({
  page,
}) => {
  const id = await stoppedRun(page);
  const alert = page.getByRole('alert').filter({ hasText: 'Not resumed' });
  const resumeRefused = async (words: RegExp): Promise<void> => {
    const before = await stored(page, id);
    await page.reload();
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect(alert).toContainText(words);
    await expect(alert).toContainText('Its records would be mixed');
    expect(await stored(page, id)).toEqual(before);
  };

  const adapter = await test.step('another adapter', async () => {
    const was = await changeStored(page, id, 'adapter', OTHER);
    await resumeRefused(/the adapter was .*vendor other.* and is /);
    return was;
  });
  await test.step('a reload in the middle of a run asks the same', async () => {
    await page.evaluate((run) => sessionStorage.setItem('lookalike-live', JSON.stringify({ id: run, done: 3 })), id);
    await page.reload();
    await expect(alert).toContainText(/the adapter was .*vendor other.* and is /);
  });
  await test.step('another scoring version', async () => {
    await changeStored(page, id, 'adapter', adapter);
    await changeStored(page, id, 'scoringVersion', '0');
    await resumeRefused(/the scoring version was 0 and is \d+/);
  });
  await test.step('start anew: a run of its own with the same choices', async () => {
    const before = await stored(page, id);
    await alert.getByRole('button', { name: 'Start anew' }).click();
    await expect(page).not.toHaveURL(new RegExp(id));
    await expect(page.getByText('finished', { exact: true })).toBeVisible({ timeout: 300_000 });
    await expect(page.getByRole('region', { name: 'Pairs' })).toContainText('12');
    expect(await stored(page, id)).toEqual(before);
  });
  await test.step('with everything as it was, it goes on', async () => {
    await changeStored(page, id, 'scoringVersion', '1');
    await visit(page, `#/runs/${id}`, / on phantoms$/);
    await page.reload();
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect(page.getByText('finished', { exact: true })).toBeVisible({ timeout: 300_000 });
    await expect(alert).toHaveCount(0);
  });
});
