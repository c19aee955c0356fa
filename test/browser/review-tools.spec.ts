import { expect, test, type Page } from '@playwright/test';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Benchmark } from '../../src/core/benchmark/types.ts';
import { withoutModel } from '../../src/core/records/no-model.ts';
import { recordKey, type ResultRecord } from '../../src/core/records/record.ts';
import { exportTrail } from '../../src/core/review/chain.ts';
import { draftsHash } from '../../src/core/review/subject.ts';
import { draftOf, good, hash, scored, trailOf } from '../unit/review/drafts.ts';
import { policy } from '../unit/statistics/fixtures.ts';

/** Puts rows into the page's own store. */
function put(page: Page, rows: Readonly<Record<string, readonly unknown[]>>): Promise<void> {
  return page.evaluate(async (all) => {
    const db = await new Promise<IDBDatabase>((done, failed) => {
      const open = indexedDB.open('lookalike');
      open.onsuccess = () => done(open.result);
      open.onerror = () => failed(open.error ?? new Error('The store did not open.'));
    });
    const tx = db.transaction(Object.keys(all), 'readwrite');
    for (const [store, items] of Object.entries(all)) for (const item of items) tx.objectStore(store).put(item);
    await new Promise((done) => (tx.oncomplete = done));
    db.close();
  }, rows);
}

function keptBenchmark(page: Page): Promise<{ id: string; benchmark: Benchmark }> {
  return page.evaluate(
    () =>
      new Promise<{ id: string; benchmark: Benchmark }>((done) => {
        const open = indexedDB.open('lookalike');
        open.onsuccess = () => {
          const got = open.result.transaction('benchmarks').objectStore('benchmarks').getAll();
          got.onsuccess = () => {
            open.result.close();
            done(got.result[0] as { id: string; benchmark: Benchmark });
          };
        };
      }),
  );
}

/** Right on the first pair, and A to everything else. */
function results({ id, benchmark }: { id: string; benchmark: Benchmark }) {
  const first = benchmark.pairs[0]?.id;
  const records: readonly ResultRecord[] = policy(benchmark, 'mc', (p, i) =>
    p.id === first ? p.images[i === 1 ? 0 : 1].right : 'A',
  );
  const at = '2026-01-01T00:00:00.000Z';
  const info = withoutModel(benchmark, {
    ...{ lookalike: '0.1.0', startedAt: at, finishedAt: at, browser: '', seconds: 0, command: null },
    ...{ model: { id: 'says-a', family: 'unknown' }, asked: 'by a test', methods: ['mc'] },
  });
  const row = { id: 'says-a', createdAt: at, config: null, info, status: 'imported', benchmarkId: id };
  return { runs: [row], records: records.map((record) => ({ run: 'says-a', key: recordKey(record), record })) };
}

const sha = (image: string): string =>
  createHash('sha256')
    .update(readFileSync(`public/benchmarks/phantoms/data/images/${image}`))
    .digest('hex');
const caption = (n: number): string => `Image ${n}: `.padEnd(140, 'synthetic phantom of the chest ');
const reply = (n: number): string =>
  `=== Pair ${n} ===\n**Question:** Where is finding ${n}?\nOption1: Left\nOption2: Right\nImage1: Left\nImage2: Right\n`;

test(
  'drafts by hand, another reviewer, the least score, a model without images, and the order of a run',
  { tag: '@soak' },
  async ({ page }) => {
    await page.goto('./#/benchmarks'); // the demo's images are kept
    await expect(page.getByText('69 of 69 pairs')).toBeVisible();
    const kept = await keptBenchmark(page);
    const images = kept.benchmark.pairs.slice(0, 3).map((p) => p.images.map((i) => i.local ?? ''));
    const pairs = images.map(([one = '', two = ''], i) => ({
      ...{ image1: one, image2: two, sha256: [sha(`${one}.png`), sha(`${two}.png`)] },
      ...{ captions: [caption(2 * i), caption(2 * i + 1)], categories: [null, null], simMed: 0.95, simGen: 0.5 },
    }));
    const chosen = {
      ...{ id: 'c', collection: 'none', name: '3 pairs of phantoms', chosenAt: '2026-01-01', pairs },
      ...{ encoders: { med: 'med-encoder', gen: 'gen-encoder' }, thresholds: { med: 0.9, gen: 0.75 } },
    };
    await put(page, { chosen: [chosen], ...results(kept) });

    await page.goto('./#/curate/review');
    await page.getByRole('button', { name: 'By hand' }).click();
    const prompts = page.getByLabel('Prompts');
    await expect(prompts).toHaveValue(/=== Pair 3 ===\nYou are a helpful assistant/);
    await page.getByLabel('Replies').fill([reply(3), reply(1), reply(2)].join('\n'));
    await page.getByRole('button', { name: 'Take the replies' }).click();
    await expect(page.getByText('3 replies taken.')).toBeVisible();
    await expect(page.getByText('Every pair of this choice has a draft.')).toBeVisible();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Review', exact: true }).click();
    await page.getByLabel('Your name').fill('Reader 1');
    await page.getByRole('button', { name: 'Begin' }).click();
    await expect(page.getByRole('group', { name: 'Both images' })).toBeVisible();
    await expect(page.getByText('Where is finding 1?')).toBeVisible();

    // A run that is right on the first pair only: it comes last.
    await page.getByLabel('Order of the pairs').selectOption({ index: 1 });
    await expect(page.getByRole('status').filter({ hasText: 'open' })).toContainText('3 of 3');
    for (let n = 0; n < 3; n++) {
      for (const key of ['4', '9', 'Enter']) await page.keyboard.press(key);
      await expect(page.getByRole('status').filter({ hasText: 'open' })).toContainText(`${n + 1} dropped`);
    }
    await page.getByLabel('Least score').selectOption('4');
    await expect(page.getByRole('status').filter({ hasText: 'open' })).toContainText('3 kept, 0 dropped, 0 open');

    // A colleague's trail of the same drafts, as a file; one that is broken is refused with its line.
    const drafts = pairs.map((p, i) =>
      draftOf(i, {
        ...{ image_1: p.image1, image_2: p.image2, sha256: [p.sha256[0] ?? '', p.sha256[1] ?? ''] as const },
        parsed: {
          ...{ question: `Where is finding ${i + 1}?`, option_1: 'Left', option_2: 'Right' },
          ...{ image_1: 'Left', image_2: 'Right' },
        },
      }),
    );
    const changes = drafts.flatMap((d) => {
      const pair = `${d.image_1}|${d.image_2}`;
      return [scored(pair, 'score-1', good(8)), scored(pair, 'score-2', good(8))];
    });
    const theirs = await trailOf(changes, { reviewer: 'Colleague', drafts: await draftsHash(drafts, hash) });
    const text = await exportTrail(theirs, '2026-01-02T00:00:00.000Z', hash);
    const file = (content: string) => ({
      ...{ name: 'trail.jsonl', mimeType: 'application/jsonl', buffer: Buffer.from(content) },
    });
    await page.getByLabel('Bring a trail').setInputFiles(file(text.replace('"score":8', '"score":9')));
    await expect(page.getByText('This trail is broken. Line 2:')).toBeVisible();
    await page.getByLabel('Bring a trail').setInputFiles(file(text));
    await expect(page.getByText('The trail of Colleague is whole and was taken in.')).toBeVisible();
    await expect(page.getByText(/3 pairs decided by both, 100\.0% alike/)).toBeVisible();

    await page.getByLabel('Ask without images').selectOption({ label: 'phantom-writer (built in)' });
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await expect(page.getByText('3 questions asked without images.')).toBeVisible({ timeout: 300_000 });
    await expect(page.getByText(/questions? with an option that phantom-writer finds likelier/)).toBeVisible();

    // The card tells how the pairs were found, and which score counted.
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'As a zip' }).click();
    const zip = readFileSync(await (await download).path()).toString('latin1');
    expect(zip).toContain('- Encoders: medical: med-encoder; general: gen-encoder.');
    expect(zip).toContain('similarity at least 0.9 to the medical encoder and at most 0.75');
  },
);

test('you against the model: a pair, by touch alone', { tag: '@soak' }, async ({ page }) => {
  await page.goto('./#/benchmarks');
  await expect(page.getByText('69 of 69 pairs')).toBeVisible();
  const kept = await keptBenchmark(page);
  await put(page, results(kept));
  await page.goto(`./#/benchmarks/${kept.id}/take?stage=1`);
  await page.reload(); // the list of runs is read when the page opens
  await expect(page.getByRole('heading', { name: 'You against the model' })).toBeVisible();
  await page.getByRole('button', { name: /says-a/ }).click();
  const board = page.getByRole('status').filter({ hasText: 'of 10 pairs' });
  await expect(board).toContainText('1 of 10 pairs');
  const options = page.getByRole('button', { name: /^[AB]\b/ });
  await options.first().click();
  await expect(options.first()).toBeVisible();
  await options.first().click();
  await expect(page.getByText(/You: (right|wrong) · says-a: (right|wrong)/).first()).toBeVisible();
  await page.getByRole('button', { name: 'Next pair' }).click();
  await expect(board).toContainText('2 of 10 pairs');
});
