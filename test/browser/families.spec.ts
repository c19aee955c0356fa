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

for (const name of FAMILIES) {
  for (const dtype of ['fp32', 'q4'] as const)
    test(`${name} in ${dtype} on WASM equals its Hugging Face reference`, async ({ page }) => {
      await page.goto(server.url);
      const scored = await page.evaluate((r) => lab.score.score(r), familyRequest(name, dtype, 'wasm', Infinity));
      compareFamily(scored, json<FamilyReference>(name, dtype === 'q4' ? 'reference_q4.json' : 'reference.json'));
    });
}
