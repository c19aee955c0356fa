import { expect, test, type Page } from '@playwright/test';
import { readJson } from './fixtures.ts';
import { accessibleAtAnyWidth } from './accessible.ts';
import { expectNoOverflow, runOf, visit } from './page.ts';

/** Pages with a real run of a few pairs behind them; one browser for all, because the run is made once. */
let page: Page;
let runId = '';

test.beforeAll(async ({ browser }) => {
  page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await page.goto('./#/run');
  await page.getByLabel('Only the first pairs').fill('4');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  runId = await runOf(page);
  await expect(page.getByRole('button', { name: 'Export results' })).toBeEnabled({ timeout: 300_000 });
  await expect(page.getByText('finished', { exact: true })).toBeVisible({ timeout: 300_000 });
});

test.afterAll(async () => {
  await page.context().close();
});

const pages: readonly (readonly [string, (run: string) => string, RegExp])[] = [
  ['start', () => '#/', /tell apart/],
  ['models', () => '#/models', /^Models$/],
  ['benchmarks', () => '#/benchmarks', /^Benchmarks$/],
  ['new run', () => '#/run', /^New run$/],
  ['results', () => '#/runs', /^Results$/],
  ['run', (id) => `#/runs/${id}`, /phantom-vlm on phantoms/],
  ['certificate', (id) => `#/runs/${id}/certificate`, /^Certificate$/],
  ['item', (id) => `#/runs/${id}/items/50001`, /^Pair 50001$/],
  ['compare', () => '#/compare', /^Compare$/],
  ['prompts', () => '#/prompts', /^Prompts$/],
  ['settings', () => '#/settings', /^Settings$/],
  ['unknown', () => '#/nowhere', /^No such page$/],
];

for (const theme of ['light', 'dark'] as const) {
  for (const [name, hash, heading] of pages) {
    test(`${name} has no accessibility violations in the ${theme} theme on a narrow and a wide screen, and says that it is for research`, async () => {
      await page.emulateMedia({ colorScheme: theme });
      await page.goto(`./${hash(runId)}`);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading);
      await expect(page.getByRole('contentinfo')).toContainText('Research use, not diagnosis');
      // Numbers and images come from the store: look when they are there.
      await expect(page.getByText('Reading…')).toHaveCount(0);
      await accessibleAtAnyWidth(page);
    });
  }
}

for (const width of [390, 1440]) {
  test(`no page is wider than a screen of ${width} px`, async () => {
    await page.setViewportSize({ width, height: 844 });
    for (const [name, hash, heading] of pages) {
      await page.goto(`./${hash(runId)}`);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading);
      await expect(page.getByText('Reading…')).toHaveCount(0);
      await expectNoOverflow(page, name);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  });
}

test('the set accuracy is shown with its interval, against guessing', async () => {
  await page.goto(`./#/runs/${runId}`);
  const top = page.getByRole('region', { name: 'Set accuracy' });
  await expect(top).toContainText(/\d+\.\d\d%/);
  await expect(top).toContainText(/95% interval \d+\.\d to \d+\.\d/, { useInnerText: true });
  await expect(top).toContainText('random guessing, 25%');
  const table = page.getByRole('region', { name: 'Methods' }).getByRole('table');
  await expect(table.locator('tbody th button, tbody tr:last-child th')).toHaveText([
    'GD',
    'PS',
    'PS as published',
    'Random guessing',
  ]);
});

test('a term tells its definition on focus, and hides it on Escape', async () => {
  await page.goto(`./#/runs/${runId}`);
  await page.getByRole('columnheader', { name: 'Confusion' }).getByRole('button').focus();
  const tip = page.locator('[popover]');
  await expect(tip).toHaveText(/both images got the same answer/);
  await page.keyboard.press('Escape');
  await expect(tip).toHaveCount(0);
});

test('an item is walked through by keys, and ? tells them', async () => {
  await page.goto(`./#/runs/${runId}/items/50001`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Pair 50001');
  await expect(page.getByText('1 of 4')).toBeVisible();
  await page.keyboard.press('j');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Pair 50002');
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Pair 50001');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await page.keyboard.press('Escape');
  // Out of the page, not only closed: until then the keys are the dialog's.
  await expect(page.locator('dialog')).toHaveCount(0);
  await page.keyboard.press('u');
  await expect(page).toHaveURL(new RegExp(`#/runs/${runId}$`));
});

test('of a wall of pairs only what is in sight is drawn, and keys walk through all of it', async () => {
  await page.goto('./#/benchmarks');
  await page.getByRole('link', { name: 'phantoms', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('phantoms');
  const tiles = page
    .getByRole('list')
    .getByRole('listitem')
    .filter({ has: page.locator('.images') });
  const focused = page.locator('li:focus-within');
  await tiles.first().getByRole('button').focus();
  await expect(focused).toHaveAttribute('aria-setsize', '69');
  expect(await tiles.count()).toBeLessThan(69);
  await page.keyboard.press('End');
  await expect(focused).toHaveAttribute('aria-posinset', '69');
  await expect(focused).toBeInViewport({ ratio: 0.99 });
  await page.keyboard.press('ArrowLeft');
  await expect(focused).toHaveAttribute('aria-posinset', '68');
  await page.keyboard.press('Home');
  await expect(focused).toHaveAttribute('aria-posinset', '1');
  await page.keyboard.press('ArrowDown');
  await expect(focused).not.toHaveAttribute('aria-posinset', '1');
  // Tile by tile through all of it: what is next is always drawn.
  await page.keyboard.press('Home');
  for (let i = 1; i <= 69; i++) {
    await expect(focused).toHaveAttribute('aria-posinset', String(i));
    if (i < 69) await page.keyboard.press('ArrowRight');
  }
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.locator('dialog')).toHaveCount(0);
  await expect(focused).toHaveAttribute('aria-posinset', '69');
});

test('both images zoom and move together, and their window is one', async () => {
  await page.goto(`./#/runs/${runId}/items/50001`);
  const images = page.locator('.pane img.ready');
  await expect(images).toHaveCount(2);
  const styles = () =>
    images.evaluateAll((all) => all.map((i) => `${getComputedStyle(i).transform} ${getComputedStyle(i).filter}`));
  const before = await styles();
  /** Both look alike, and other than they did. */
  const together = async (than: readonly string[]): Promise<readonly string[]> => {
    let now: readonly string[] = [];
    await expect
      .poll(async () => {
        now = await styles();
        return now[0] === now[1] && now[0] !== than[0];
      })
      .toBe(true);
    return now;
  };
  await page.keyboard.press('+');
  const zoomed = await together(before);
  await page.keyboard.press('Shift+ArrowLeft');
  const moved = await together(zoomed);
  await page.getByLabel('Level').fill('60');
  const windowed = await together(moved);
  expect(windowed[0]).toContain('url(');
  await page.keyboard.press('Escape');
  await page.locator('h1').click();
  await page.keyboard.press('r');
  await expect.poll(styles).toEqual(before);
});

test('one image pixel can be shown as one pixel of the screen', async () => {
  await page.goto(`./#/runs/${runId}/items/50001`);
  await page.getByRole('button', { name: '1:1' }).click();
  const size = () =>
    page
      .locator('.pane img')
      .evaluateAll((all) =>
        all.map((i) => [
          i.getBoundingClientRect().width * devicePixelRatio,
          i instanceof HTMLImageElement ? i.naturalWidth : 0,
        ]),
      );
  await expect.poll(async () => (await size()).every(([shown, natural]) => shown === natural)).toBe(true);
});

test('the pages are reached by keyboard alone', async () => {
  await page.goto('./#/');
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByText('Skip to content')).toBeFocused();
  for (const name of [
    'Lookalike',
    'Models',
    'Benchmarks',
    'Find pairs',
    'Prompts',
    'New run',
    'Results',
    'Compare',
    'Settings',
  ]) {
    await page.keyboard.press('Tab');
    await expect(page.locator(':focus')).toContainText(name);
  }
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Settings');
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
});

test('the theme switch overrides the system and survives a reload', async () => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto('./#/settings');
  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Settings');
  const light = await background();
  await page.getByText('Dark', { exact: true }).click();
  await expect.poll(background).not.toBe(light);
  const dark = await background();
  await page.reload();
  await expect.poll(background).toBe(dark);
  await page.getByText('As the system', { exact: true }).click();
  await expect.poll(background).toBe(light);
});

test('a folder that is neither a model nor a benchmark is refused with what to do', async () => {
  await page.goto('./#/');
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Bring a folder' }).click();
  await (await chooser).setFiles('docs');
  await expect(page.getByRole('alert')).toContainText('neither a model');
});

test('a run that is not on this device is said to be so', async () => {
  await page.goto('./#/runs/0000000000');
  await expect(page.getByRole('alert')).toContainText('no run with this address');
});

test('Compare has the shape of the paper, with its rows beside ours when wanted', async () => {
  await page.goto('./#/compare');
  const table = page.getByRole('region', { name: 'Tables' }).getByRole('table');
  await expect(table.getByRole('rowheader')).toHaveText(['Random guessing', 'phantom-vlm']);
  await page.getByLabel('Published rows').check();
  await expect(table.getByRole('rowheader', { name: /^GPT-4o/ })).toBeVisible();
  await expect(page).toHaveURL(/published=yes/);
});

test('the choice of compared runs is part of the address', async () => {
  await page.goto('./#/compare');
  await page.getByRole('group', { name: /^Runs/ }).getByRole('checkbox').first().uncheck();
  await expect(page).toHaveURL(/runs=none/);
  await expect(page.getByText('Choose runs that have results.')).toBeVisible();
});

test('a run is deleted only after a question, with its answers', async ({ page }) => {
  // A run of its own, of another program's answers: the other tests look at theirs.
  await page.goto('./#/run');
  await expect(page.getByLabel('Benchmark')).toHaveValue(/.+/);
  await visit(page, '#/runs', 'Results');
  const phantoms = readJson<Record<string, unknown>>('public/benchmarks/phantoms/data/dataset.json');
  const a = { full_answer: 'A', A: 10, B: 0 };
  const answers = Object.fromEntries(Object.keys(phantoms).map((id) => [id, { answer: { im1: a, im2: a } }]));
  const buffer = Buffer.from(JSON.stringify(answers));
  await page
    .getByLabel('Official result files')
    .setInputFiles({ name: 'always_mc.json', mimeType: 'application/json', buffer });
  await page.getByRole('dialog').getByRole('button', { name: 'Import', exact: true }).click();
  await runOf(page);
  await visit(page, '#/runs', 'Results');
  await page.getByRole('button', { name: /^Delete the run/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Keep' }).click();
  await expect(page.getByRole('link', { name: 'always on phantoms' })).toBeVisible();
  await page.getByRole('button', { name: /^Delete the run/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('heading', { name: 'No run yet' })).toBeVisible();
});
