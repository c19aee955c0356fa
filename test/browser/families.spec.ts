import { test } from '@playwright/test';
import { compareFamily, FAMILIES, familyRequest, json, type FamilyReference } from './families.ts';
import { startLab, type LabServer } from './lab/server.ts';

let server: LabServer;
test.beforeAll(async () => {
  server = await startLab();
});
test.afterAll(async () => {
  await server.close();
});

for (const name of FAMILIES)
  test(`${name} on WASM equals its Hugging Face reference`, async ({ page }) => {
    await page.goto(server.url);
    const scored = await page.evaluate((r) => lab.score.score(r), familyRequest(name, 'fp32', 'wasm', Infinity));
    compareFamily(scored, json<FamilyReference>(name, 'reference.json'));
  });
