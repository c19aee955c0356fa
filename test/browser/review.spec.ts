import { expect, test, type Page } from '@playwright/test';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Draft } from '../../src/core/drafting/draft.ts';
import { verifyTrail } from '../../src/core/review/chain.ts';
import { draftOf, hash } from '../unit/review/drafts.ts';
import { accessibleAtAnyWidth } from './accessible.ts';
import { visit } from './page.ts';

interface Reference {
  readonly pairs: readonly { readonly im_1: string; readonly im_2: string; readonly parsed: Draft['parsed'] }[];
}
const reference = JSON.parse(
  readFileSync(new URL('../unit/drafting/data/writer-reference.json', import.meta.url), 'utf8'),
) as Reference;
const sha = (image: string): string =>
  createHash('sha256')
    .update(readFileSync(`public/benchmarks/phantoms/data/images/${image}`))
    .digest('hex');
/** 20 drafts on the demo's images, as drafts.jsonl. */
const drafts = reference.pairs
  .filter((p) => p.parsed !== null)
  .slice(0, 20)
  .map((p) =>
    draftOf(1, {
      ...{ image_1: p.im_1, image_2: p.im_2, parsed: p.parsed },
      sha256: [sha(p.im_1), sha(p.im_2)],
    }),
  );
const lines = drafts.map((d) => `${JSON.stringify(d)}\n`).join('');

async function begin(page: Page, name: string): Promise<void> {
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: /^(Begin|Go on)$/ }).click();
  await expect(page.getByRole('group', { name: 'Both images' })).toBeVisible();
}
/** Scores the pair in sight and goes on: three keys. */
async function score(page: Page, one: number, two: number): Promise<void> {
  for (const n of [one, two]) await page.keyboard.press(String(n % 10));
  await page.keyboard.press('Enter');
}
const counted = (page: Page, kept: number, dropped: number, open: number) =>
  expect(page.getByRole('status').filter({ hasText: 'open' })).toContainText(
    `${kept} kept, ${dropped} dropped, ${open} open`,
  );
async function trail(page: Page): Promise<string> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'My trail' }).click();
  return readFileSync(await (await download).path(), 'utf8');
}

test('20 pairs by keyboard alone, reloaded in the middle; a second reviewer; agreement; the benchmark', async ({
  page,
}) => {
  await page.goto('./#/benchmarks'); // the demo's images are kept
  await expect(page.getByText('69 of 69 pairs')).toBeVisible();
  await visit(page, '#/curate/review', 'Questions and review');
  await page
    .getByLabel('Bring drafts.jsonl')
    .setInputFiles({ name: 'drafts.jsonl', mimeType: 'application/jsonl', buffer: Buffer.from(lines) });
  await page.getByRole('link', { name: 'Review', exact: true }).click();
  await begin(page, 'Reader 1');
  await counted(page, 0, 0, 20);
  await accessibleAtAnyWidth(page);
  for (let i = 0; i < 9; i++) await score(page, 8, i % 3 === 0 ? 4 : 7);
  await counted(page, 6, 3, 11);
  await page.reload();
  await begin(page, 'Reader 1');
  await counted(page, 6, 3, 11);
  // Not correct is 1 and drops the pair; an undo takes it back.
  await page.keyboard.press('c');
  await expect(page.getByRole('checkbox', { name: 'Correct' }).first()).not.toBeChecked();
  await page.keyboard.press('u');
  await expect(page.getByRole('checkbox', { name: 'Correct' }).first()).toBeChecked();
  await page.keyboard.press('e');
  await page.getByLabel('Question', { exact: true }).fill('Where is it?');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Drafted:')).toBeVisible();
  await page.keyboard.press('s');
  for (let i = 9; i < 20; i++) await score(page, 9, 10);
  await counted(page, 17, 3, 0);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await page.keyboard.press('Escape');
  const first = await verifyTrail(await trail(page), hash);
  expect(first).toMatchObject({ ok: true });
  if (first.ok) expect(first.events).toHaveLength(1 + 18 + 2 + 2 + 22);

  await page.getByRole('button', { name: 'Reader 1', exact: true }).click();
  await begin(page, 'Reader 2');
  await counted(page, 0, 0, 20);
  for (let i = 0; i < 20; i++) await score(page, 8, 8);
  await counted(page, 20, 0, 0);
  await expect(page.getByText(/20 pairs decided by both, 85\.0% alike/)).toBeVisible();
  // Three dropped by one reviewer, one edited by one: an adjudicator keeps the first and leaves the rest.
  await expect(page.getByText('4 pairs wait for an adjudicator')).toBeVisible();
  await page.getByRole('button', { name: 'Reader 2', exact: true }).click();
  await page.getByLabel('As', { exact: true }).selectOption('adjudicator');
  await begin(page, 'Chair');
  await expect(page.getByRole('row', { name: /^Reader 1 dropped 8 4/ })).toBeVisible();
  await score(page, 9, 9);
  await expect(page.getByText('3 pairs wait for an adjudicator')).toBeVisible();
  await page.getByRole('button', { name: 'Make the benchmark' }).click();
  await expect(page.getByText(/17 pairs are kept as the benchmark/)).toBeVisible();
  await page.getByRole('link', { name: 'Open it' }).click();
  await expect(page.getByText('17 of 17 pairs can run')).toBeVisible();

  // A person takes it, leaves in the middle, and becomes a row like a model's.
  await page.getByRole('link', { name: 'Take it yourself' }).click();
  await page.getByLabel('Your name').fill('Dr. A');
  await page.getByRole('button', { name: 'Begin' }).click();
  for (let n = 1; n <= 34; n++) {
    await expect(page.getByText(`Question ${n} of 34`)).toBeVisible();
    if (n === 7) {
      await page.reload();
      await page.getByRole('button', { name: 'Go on as Dr. A: 6 of 34' }).click();
      await expect(page.getByText('Question 7 of 34')).toBeVisible();
    }
    await page.keyboard.press('a');
  }
  await page.getByRole('link', { name: 'See the result' }).click();
  // Option A for both images of each pair: what whoever does not look gets.
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Dr. A (person)');
  const methods = page.getByRole('region', { name: 'Methods' });
  await expect(methods.getByRole('row', { name: /^MC/ })).toContainText('100.00');
});
