import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import { evaluate, readJson, recordLines, scratch, type Line } from './command.ts';
import { onceSaid, runOf, visit } from './page.ts';

/** A prompt set with example images of the user's own, from its file to its records. */
let page: Page;
let runId = '';
const space = scratch();

const SET = {
  name: 'two examples',
  prompts: { letter: 'Question: {q}\nA: {a}\nB: {b}\nAnswer:', open: 'Question: {q} Answer:' },
  system: null,
  fewShot: {
    preamble: 'Follow the examples.',
    shots: [
      { image: 'first.png', question: 'What is it?', options: ['noise', 'bits'], answer: 'B' },
      { image: 'roco/second.png', question: 'And this?', options: ['blocks', 'bits'], answer: 'A' },
    ],
  },
};
const picture = (name: string): Buffer => readFileSync(`test/pixels/in/${name}.png`);
const FIRST = picture('bits-l-64x96');
const SECOND = picture('blocks-rgb-7x13');
const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const png = (name: string, buffer: Buffer) => ({ name, mimeType: 'image/png', buffer });

/** A row of the page's database. */
function stored(store: string, id: string): Promise<unknown> {
  return page.evaluate(
    ([name, key]) =>
      new Promise((resolve, reject) => {
        const open = indexedDB.open('lookalike');
        open.onerror = () => reject(open.error);
        open.onsuccess = () => {
          const db = open.result;
          const from = db.transaction(name).objectStore(name);
          const got = name === 'records' ? from.index('run').getAll(key) : from.get(key);
          got.onsuccess = () => (db.close(), resolve(got.result));
          got.onerror = () => reject(got.error);
        };
      }),
    [store, id] as const,
  );
}
async function records(id: string): Promise<readonly Line[]> {
  return ((await stored('records', id)) as { readonly record: Line }[]).map((r) => r.record);
}

const block = () => page.getByRole('region', { name: 'Example images' });
const start = () => page.getByRole('button', { name: 'Start', exact: true });
async function started(): Promise<string> {
  await start().click();
  return runOf(page);
}

test.use({ viewport: { width: 1440, height: 900 } });
test.afterAll(() => space.remove());

test(
  'a set with examples, from its file to its records, on the page and by the command line',
  { tag: '@soak' },
  async ({ page: fresh }) => {
    page = fresh;
    await page.goto('./#/prompts');
    await page.getByLabel('File of prompts').setInputFiles({
      name: 'two examples.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(SET)),
    });
    // The link runs the set that is shown: the brought one once it is read and kept.
    await expect(page.getByRole('heading', { name: SET.name, exact: true })).toBeVisible();
    await page.getByRole('link', { name: 'Run', exact: true }).click();
    await test.step('a run with examples waits for their images, and names those that are missing', async () => {
      await expect(block()).toContainText('0 of 2 brought');
      await expect(start()).toBeDisabled();
      await expect(
        page.getByText('Bring the example images that the prompt set shows: first.png, roco/second.png.'),
      ).toBeVisible();
    });
    await test.step('a file that is no picture is refused with its name and why', async () => {
      const input = block().getByLabel('Example images, by their names');
      await input.setInputFiles(png('first.png', Buffer.from('no picture at all')));
      await expect(block().getByRole('alert')).toContainText('first.png: The file is not an image');
      await input.setInputFiles(png('first.png', FIRST.subarray(0, FIRST.length - 20)));
      await expect(block().getByRole('alert')).toContainText(/first\.png: .*(truncated|damaged)/);
      await expect(block()).toContainText('0 of 2 brought');
    });
    await test.step('files are found by their names, capitals aside, or chosen for one row whatever their names', async () => {
      const input = block().getByLabel('Example images, by their names');
      await input.setInputFiles([png('First.PNG', FIRST), png('figure 7.png', SECOND)]);
      await expect(block()).toContainText('1 of 2 brought');
      await expect(block().getByRole('status')).toHaveText(/Kept 1 image\. No example is named figure 7\.png\./);
      await expect(block().getByRole('alert')).toHaveCount(0);
      const chooser = page.waitForEvent('filechooser');
      await block().getByRole('button', { name: 'Choose roco/second.png' }).click();
      await (await chooser).setFiles(png('figure 7.png', SECOND));
      await expect(block()).toContainText('2 of 2 brought');
      await expect(block().getByRole('img')).toHaveCount(0); // the pictures are decoration: the names say what they are
      await expect(block().locator('img')).toHaveCount(2);
      await expect(start()).toBeEnabled();
    });
    await test.step('the run scores with its examples, and keeps their hashes', async () => {
      await page.getByLabel('Only the first pairs').fill('2');
      await page.getByText('WASM', { exact: true }).click();
      await expect(page.getByRole('radio', { name: 'WASM' })).toBeChecked();
      // Four images of the pairs, and each example once.
      const plan = page.getByRole('complementary', { name: 'The plan' });
      await expect(plan).toContainText(/6\s*images to encode/);
      runId = await started();
      await expect(page.getByText('finished', { exact: true })).toBeVisible({ timeout: 300_000 });
      const shotImages = { 'first.png': sha(FIRST), 'roco/second.png': sha(SECOND) };
      expect(await stored('runs', runId)).toMatchObject({
        status: 'done',
        config: { shotImages, promptSet: { fewShot: { preamble: 'Follow the examples.' } } },
        // run.json of its export
        info: { promptSet: { name: 'two examples', shotImages }, work: { imageEncodes: 6 } },
      });
      const lines = await records(runId);
      expect(lines.map((l) => l.status)).toEqual(Array.from({ length: 2 * 2 * 3 }, () => 'scored'));
    });
    await test.step('an item shows its whole prompt, examples before the question, as written and as the model reads it', async () => {
      await page.goto(`./#/runs/${runId}/items/50001`);
      const whole =
        /Follow the examples\.[\s\S]*A: noise\s+B: bits\s+Answer: B[\s\S]*B: bits\s+Answer: A[\s\S]*Answer:/;
      const written = page.getByRole('region', { name: 'What the model was asked' }).locator('pre').first();
      await expect(written).toContainText(whole);
      await expect(written).toContainText(
        /\[first\.png\][\s\S]*\[roco\/second\.png\][\s\S]*\[the image of this pair\]/,
      );
      await page.getByRole('button', { name: 'Show the whole prompt and its tokens' }).click();
      const read = page.locator('details', { hasText: /^GD, image 1: \d+ tokens/ });
      await read.locator('summary').click();
      await expect(read.locator('pre').first()).toContainText(whole);
    });
    await test.step('the command line with --shots gives the same likelihoods', async () => {
      mkdirSync(space.path('shots', 'roco'), { recursive: true });
      copyFileSync('test/pixels/in/bits-l-64x96.png', space.path('shots', 'first.png'));
      copyFileSync('test/pixels/in/blocks-rgb-7x13.png', space.path('shots', 'roco', 'second.png'));
      writeFileSync(space.path('set.json'), JSON.stringify(SET));
      const out = space.path('out');
      const asked = ['--prompts', space.path('set.json'), '--shots', space.path('shots'), '--limit', '2'];
      const run = await evaluate([...asked, '--device', 'wasm', '--out', out]);
      expect(run.code, run.stderr).toBe(0);
      const page = new Map((await records(runId)).map((r) => [`${r.pair}/${r.image}/${r.method}`, r]));
      for (const line of recordLines(out)) {
        const same = page.get(`${line.pair}/${line.image}/${line.method}`);
        expect(line.options.A.score).toBeCloseTo(same?.options.A.score ?? NaN, 4);
        expect(line.options.B.score).toBeCloseTo(same?.options.B.score ?? NaN, 4);
      }
      expect(recordLines(out)).toHaveLength(page.size);
      expect(readJson(out, 'run.json')['promptSet']).toMatchObject({ shotImages: { 'first.png': sha(FIRST) } });
    });
    await test.step('a stopped run goes on with its own examples, though one was replaced and the tab reloaded', async () => {
      await visit(page, '#/run?prompts=two+examples', 'New run');
      await page.reload();
      await expect(block()).toContainText('2 of 2 brought');
      await page.getByLabel('Only the first pairs').fill('20');
      await onceSaid(page, /Score questions\s*[1-9]/, 'Stop');
      const id = await started();
      await expect(page.getByRole('button', { name: 'Resume' })).toBeEnabled({ timeout: 300_000 });
      await visit(page, '#/run?prompts=two+examples', 'New run');
      const chooser = page.waitForEvent('filechooser');
      await block().getByRole('button', { name: 'Replace first.png' }).click();
      await (await chooser).setFiles(png('else.png', SECOND));
      await expect(block().getByRole('status')).toHaveText('Kept 1 image.');
      await page.goto(`./#/runs/${id}`);
      await page.getByRole('button', { name: 'Resume' }).click();
      await expect(page.getByText('finished', { exact: true })).toBeVisible({ timeout: 300_000 });
      expect(await stored('runs', id)).toMatchObject({ config: { shotImages: { 'first.png': sha(FIRST) } } });
      const lines = await records(id);
      expect(lines.filter((l) => l.status === 'scored')).toHaveLength(20 * 2 * 3);
    });
  },
);

test('the command line names an example that is no picture', async () => {
  mkdirSync(space.path('bad'), { recursive: true });
  writeFileSync(space.path('set.json'), JSON.stringify(SET));
  writeFileSync(space.path('bad', 'first.png'), 'no picture');
  copyFileSync('test/pixels/in/blocks-rgb-7x13.png', space.path('bad', 'SECOND.png'));
  const run = await evaluate([
    '--prompts',
    space.path('set.json'),
    '--shots',
    space.path('bad'),
    '--out',
    space.path('o'),
  ]);
  expect(run.code).toBe(2);
  expect(run.stderr).toContain('--shots: first.png: The file is not an image');
});
