import { expect, test } from '@playwright/test';
import { expectAnswers } from './answers.ts';
import { demoRun } from './fixtures.ts';
import { startLab, type LabServer } from './lab/server.ts';

let server: LabServer;
test.beforeAll(async () => {
  server = await startLab();
});
test.afterAll(async () => {
  await server.close();
});

test("MC and FF answers equal the demo's reference, and the judge's replies equal its own", async ({ page }) => {
  await page.goto(server.url);
  const { info, kept } = await page.evaluate((r) => lab.run.run(r), demoRun(10, { methods: ['mc', 'ff'] }));
  expect(info.fault).toBeUndefined();
  expectAnswers(kept, 20);
});

test('GD, PS, MC and FF of one question cost one image encode and at most 1.5 times the prefill of one GD prompt', async ({
  page,
}) => {
  await page.goto(server.url);
  const one = await page.evaluate((r) => lab.run.run(r), demoRun(1, { methods: ['gd', 'ps', 'mc', 'ff'] }));
  const { work } = one.info;
  const prompt = one.kept.find((r) => r.status === 'scored' && r.method === 'gd');
  const gdTokens = prompt?.status === 'scored' ? prompt.promptTokens : NaN;
  expect(work.imageEncodes).toBe(2);
  expect(work.prefillTokens / 2).toBeLessThan(1.5 * gdTokens);
});
