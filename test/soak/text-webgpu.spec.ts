import { expect, test } from '@playwright/test';
import { judged, request, result, texts, writer } from '../browser/text.ts';
import { startLab, type LabServer } from '../support/lab/server.ts';

let server: LabServer;
test.beforeAll(async () => {
  server = await startLab();
});
test.afterAll(async () => {
  await server.close();
});

test('on WebGPU the demo’s writer and judge reply as in PyTorch', async ({ page }) => {
  await page.goto(server.url);
  const device = 'webgpu';
  const drafts = [...writer.questions.slice(0, 4), ...writer.categories.slice(0, 4)];
  const written = result(await page.evaluate((r) => lab.text.ask(r), request('writer', drafts, { device })));
  expect(texts(written)).toEqual(drafts.map((d) => d.reply));
  expect(written.certificate).toMatchObject({ passed: true, device });
  const asked = judged(2);
  const verdicts = result(await page.evaluate((r) => lab.text.ask(r), request('judge', asked, { device })));
  expect(texts(verdicts)).toEqual(asked.map((a) => a.reply));
});
