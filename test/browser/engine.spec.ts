import { expect, test } from '@playwright/test';
import { demoReference, demoRun } from './fixtures.ts';
import { startLab, type LabServer } from '../support/lab/server.ts';

let server: LabServer;
test.beforeAll(async () => {
  server = await startLab();
});
test.afterAll(async () => {
  await server.close();
});

test('encodes each distinct image once, whatever the number of questions', async ({ page }) => {
  await page.goto(server.url);
  // Six pairs of the demo hold twelve questions about nine images.
  const { info, kept } = await page.evaluate((r) => lab.run.run(r), demoRun(6));
  expect(info.work.imageEncodes).toBe(info.benchmark.images);
  expect(info.benchmark).toMatchObject({ questions: 12, images: 9 });
  expect(kept).toHaveLength(36);
});

test('keeps features by choice: a second run with another prompt encodes no image', async ({ page }) => {
  await page.goto(server.url);
  const first = await page.evaluate((r) => lab.run.run(r), demoRun(3, { keepFeatures: true }));
  expect(first.info.work.imageEncodes).toBe(first.info.benchmark.images);
  const prompts = { letter: 'Question: {q}\nA: {a}\nB: {b}', open: '{q}' };
  const again = await page.evaluate((r) => lab.run.run(r), demoRun(3, { keepFeatures: true, prompts }));
  expect(again.info.fault).toBeUndefined();
  expect(again.info.work.imageEncodes).toBe(0);
  expect(again.kept).toHaveLength(first.kept.length);
});

test('a question that holds the image placeholder fails alone, with its reason', async ({ page }) => {
  await page.goto(server.url);
  const request = demoRun(2);
  const [id = ''] = Object.keys(request.dataset);
  const dataset = { ...request.dataset, [id]: { ...request.dataset[id], question: 'What is <image> here?' } };
  const { info, kept } = await page.evaluate((r) => lab.run.run(r), { ...request, dataset });
  expect(info.state).toBe('done');
  const failed = kept.filter((r) => r.status === 'failed');
  expect(failed.map((r) => r.pair)).toEqual(Array(6).fill(id));
  expect(failed[0]?.status === 'failed' ? failed[0].fault.message : '').toContain('reads as a control token');
  expect(kept.filter((r) => r.status === 'scored')).toHaveLength(6);
});

test('a model folder without its decoder is refused before anything is loaded', async ({ page }) => {
  await page.goto(server.url);
  const request = demoRun(1);
  const files = request.files.filter((f) => !f.path.includes('decoder'));
  const { info, kept } = await page.evaluate((r) => lab.run.run(r), { ...request, files });
  expect(info.state).toBe('failed');
  expect(info.fault?.code).toBe('bad-model');
  expect(info.fault?.message).toContain('decoder_model_merged');
  expect(kept).toEqual([]);
});

test('a worker killed in the middle is replaced: nothing lost, nothing doubled', { tag: '@soak' }, async ({ page }) => {
  await page.goto(server.url);
  const calm = await page.evaluate((r) => lab.run.run(r), demoRun(8, { methods: ['gd'] }));
  const faults = [2, 6].map((after) => ({ after, delayMs: 5, kind: 'worker' as const }));
  const rough = await page.evaluate((r) => lab.run.run(r), demoRun(8, { methods: ['gd'], faults }));
  expect(rough.injected).toBe(2);
  expect(rough.kept).toEqual(calm.kept);
});

test('renders the whole prompt of an item with the token ids of the reference', async ({ page }) => {
  await page.goto(server.url);
  const [id = ''] = Object.keys(demoRun(1).dataset);
  const { prompts } = await page.evaluate((r) => lab.run.run(r), demoRun(1, { renderPair: id }));
  const ids = (method: string): readonly number[] | undefined => prompts.find((p) => p.method === method)?.ids;
  const reference = demoReference().items[id]?.im_1;
  expect(ids('gd')).toEqual(reference?.gd_ids);
  expect(prompts.map((p) => p.method)).toEqual(['gd', 'ps']);
});
