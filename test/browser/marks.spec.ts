import { expect, test, type Locator, type Page } from '@playwright/test';
import { marksBundle } from '../support/marks-bundle.ts';
import { markCases } from '../support/marks.ts';
import { accessible } from './accessible.ts';
import { runOf } from './page.ts';

test('the rasteriser gives the same bytes in this browser as the second implementation', async ({ page }) => {
  await page.goto('./manifest.webmanifest');
  await page.evaluate(await marksBundle());
  const cases = markCases();
  const hashes = await page.evaluate(async (all) => {
    const hash: unknown = Reflect.get(globalThis, 'marksHash');
    if (typeof hash !== 'function') return [];
    const found: [string, string][] = [];
    for (const c of all) found.push([c.id, String(await hash(c))]);
    return found;
  }, cases);
  expect(hashes).toEqual(cases.map((c) => [c.id, c.sha256]));
});

/** What the page's database holds of a pair's marks, as JSON. */
function keptMarks(page: Page, pair: string): Promise<string> {
  return page.evaluate(
    (id) =>
      new Promise<string>((resolve, reject) => {
        const open = indexedDB.open('lookalike');
        open.onerror = () => reject(new Error('the database does not open'));
        open.onsuccess = () => {
          const rows = open.result.transaction('benchmarks').objectStore('benchmarks').getAll();
          rows.onsuccess = () => {
            open.result.close();
            resolve(JSON.stringify(rows.result[0]?.benchmark.marks?.[id] ?? null));
          };
        };
      }),
    pair,
  );
}

const layer = (page: Page, image: 1 | 2) => page.getByRole('application', { name: `Marks on image ${image}` });

test('marks are drawn, undone and copied, by mouse and by keyboard, and stay; the demo has its own', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  // The built-in benchmark is kept once a page needs it.
  await page.goto('./#/run');
  await expect(page.getByLabel('Benchmark', { exact: true })).toContainText('phantoms');
  await page.goto('./#/benchmarks');
  await page.getByRole('link', { name: 'phantoms' }).first().click();
  await page.getByRole('button', { name: /50010/ }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('img', { name: /Marks on image 2: Ellipse/ })).toBeVisible();
  await expect(dialog.locator('.pane img.ready')).toHaveCount(2);

  await dialog.getByRole('button', { name: 'Arrow', exact: true }).click();
  await expect(layer(page, 1)).toHaveAccessibleName(/no marks/);
  await layer(page, 1).hover(); // when it has come to rest
  const box = await layer(page, 1).boundingBox();
  if (!box) throw new Error('The image is not there.');
  await page.mouse.move(box.x + box.width * 0.25, box.y + box.height * 0.25);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.75, { steps: 3 });
  await page.mouse.up();
  await expect(layer(page, 1)).toHaveAccessibleName(/image 1: Arrow from 32, 32 to 64, 96/);

  // By the keyboard alone: a box from the middle of the image, ten pixels to the right and below.
  await dialog.getByRole('button', { name: 'Box', exact: true }).focus();
  await page.keyboard.press('Enter');
  await layer(page, 1).focus();
  await page.keyboard.press('Enter');
  for (let i = 0; i < 10; i++) await page.keyboard.press('ArrowRight');
  for (let i = 0; i < 10; i++) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(layer(page, 1)).toHaveAccessibleName(/; Box from 64, 64 to 74, 74/);
  await dialog.getByRole('button', { name: 'Undo' }).click();
  await expect(layer(page, 1)).not.toHaveAccessibleName(/Box/);
  await dialog.getByRole('button', { name: 'Copy image 1 to image 2' }).click();
  await expect(layer(page, 2)).toHaveAccessibleName(/image 2: Ellipse.*; Arrow from 32, 32 to 64, 96/);
  await accessible(page, 'dialog');

  await expect.poll(() => keptMarks(page, '50010')).toMatch(/"arrow".*"arrow"/);
  await page.reload();
  await page.getByRole('button', { name: /50010/ }).click();
  await expect(dialog.getByRole('img', { name: /Marks on image 1: Arrow from 32, 32 to 64, 96/ })).toBeVisible();
});

test(
  'a run with probes has its table, and a heat map costs what was said before, the second time nothing',
  { tag: '@soak' },
  async ({ page }) => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto('./#/run');
    await page.getByLabel('Only the first pairs').fill('1');
    await page.getByText('Probes: the same questions').click();
    for (const name of ['GD, marks', 'GD, text names the right option', 'GD, JPEG quality 50'])
      await page.getByRole('checkbox', { name, exact: true }).check();
    await accessible(page, 'main');
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await expect(page.getByText('finished', { exact: true })).toBeVisible({ timeout: 300_000 });
    const probes = page.getByRole('region', { name: 'Probes' });
    await expect(probes.getByRole('row')).toHaveCount(4);
    await expect(probes).toContainText('JPEG quality 50');
    await accessible(page, 'main');

    const run = `#/runs/${await runOf(page)}`;
    await page.goto(`./${run}/items/50001`);
    const look = page.getByRole('region', { name: 'Where it looks' });
    await look.getByText('4 × 4').click();
    await expect(look).toContainText('34 images to encode');
    await look.getByRole('button', { name: 'Look' }).click();
    await expect(look).toContainText('34 images encoded', { timeout: 300_000 });
    await expect(page.getByRole('img', { name: /Where the model looks in image 2/ })).toBeVisible();
    await accessible(page, 'main');
    await look.getByRole('button', { name: 'Look' }).click();
    await expect(look).toContainText('nothing was encoded');
  },
);

/** Walks by Tab until something has the focus, as a person without a mouse does. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let i = 0; i < 400; i++) {
    if (await target.evaluate((e) => e === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('Tab never comes to it.');
}

test(
  'the walk by keyboard alone: marks are drawn, a run asks with them, its methods are compared, and a heat map is looked at',
  { tag: '@soak' },
  async ({ page }, info) => {
    const picture = async (name: string): Promise<void> => {
      for (const width of [390, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        await page.screenshot({ path: info.outputPath(`${name}-${width}.png`), fullPage: true });
      }
    };
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto('./#/run');
    await expect(page.getByLabel('Benchmark', { exact: true })).toContainText('phantoms');

    await test.step('draws a box', async () => {
      await page.goto('./#/benchmarks');
      await tabTo(page, page.getByRole('link', { name: 'phantoms' }).first());
      await page.keyboard.press('Enter');
      await tabTo(page, page.getByRole('button', { name: /50001/ }));
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog');
      await tabTo(page, dialog.getByRole('button', { name: 'Box', exact: true }));
      await page.keyboard.press('Enter');
      await tabTo(page, layer(page, 1));
      await page.keyboard.press('Enter');
      for (let i = 0; i < 10; i++) await page.keyboard.press('ArrowRight');
      for (let i = 0; i < 10; i++) await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await expect(layer(page, 1)).toHaveAccessibleName(/; Box from 64, 64 to 74, 74/);
      await picture('drawn');
      await page.setViewportSize({ width: 1440, height: 900 });
    });

    await test.step('runs with the marks', async () => {
      await page.goto('./#/run');
      await tabTo(page, page.getByLabel('Only the first pairs'));
      await page.keyboard.type('1');
      await tabTo(page, page.getByText('Probes: the same questions'));
      await page.keyboard.press('Enter');
      await tabTo(page, page.getByRole('checkbox', { name: 'GD, marks', exact: true }));
      await page.keyboard.press('Space');
      await tabTo(page, page.getByRole('button', { name: 'Start', exact: true }));
      await page.keyboard.press('Enter');
      await expect(page.getByText('finished', { exact: true })).toBeVisible({ timeout: 300_000 });
      await expect(page.getByRole('region', { name: 'Probes' }).getByRole('row')).toHaveCount(2);
      await picture('run');
      await page.setViewportSize({ width: 1440, height: 900 });
    });

    await test.step('compares', async () => {
      const run = page.url();
      await page.goto('./#/compare');
      await expect(page.getByRole('figure', { name: /^Set accuracy of each run and method/ })).toBeVisible();
      await expect(page.getByRole('region', { name: 'Calibration' }).getByRole('img').first()).toBeVisible();
      await picture('compared');
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.goto(run);
    });

    await test.step('looks where the model looks', async () => {
      await tabTo(page, page.getByRole('link', { name: /GD: image 1/ }).first());
      await page.keyboard.press('Enter');
      const look = page.getByRole('region', { name: 'Where it looks' });
      await tabTo(page, look.getByRole('radio', { name: '8 × 8' }));
      await page.keyboard.press('ArrowLeft');
      await tabTo(page, look.getByRole('checkbox', { name: 'Hide each marked region too' }));
      await page.keyboard.press('Space');
      // Two grids of 16 cells, both whole images, two marked regions and the box.
      await expect(look).toContainText('37 images to encode');
      await tabTo(page, look.getByRole('button', { name: 'Look' }));
      await page.keyboard.press('Enter');
      await expect(look).toContainText('37 images encoded', { timeout: 300_000 });
      await expect(look.getByRole('row', { name: /^1 Box from 64, 64 to 74, 74/ })).toBeVisible();
      await expect(page.getByRole('img', { name: /Where the model looks in image 2/ })).toBeVisible();
      await accessible(page, 'main');
      await picture('looked');
    });
  },
);
