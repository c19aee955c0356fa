import { test } from '@playwright/test';
import {
  compareFamily,
  FAMILIES,
  FAMILIES_Q4,
  familyRequest,
  json,
  type FamilyReference,
} from '../browser/families.ts';
import { startLab, type LabServer } from '../support/lab/server.ts';

let server: LabServer;
test.beforeAll(async () => {
  server = await startLab();
});
test.afterAll(async () => {
  await server.close();
});

for (const name of FAMILIES_Q4)
  test(`${name} in q4 on WASM equals its Hugging Face reference`, async ({ page }) => {
    await page.goto(server.url);
    const scored = await page.evaluate((r) => lab.score.score(r), familyRequest(name, 'q4', 'wasm', Infinity));
    compareFamily(scored, json<FamilyReference>(name, 'reference_q4.json'));
  });

for (const name of FAMILIES)
  test(`${name} on WebGPU, made safe, equals its Hugging Face reference`, async ({ page }) => {
    await page.goto(server.url);
    const scored = await page.evaluate((r) => lab.score.score(r), familyRequest(name, 'fp32', 'webgpu', 1));
    compareFamily(scored, json<FamilyReference>(name, 'reference.json'));
  });
