import { test } from '@playwright/test';
import { compareFamily, FAMILIES, familyRequest, json, type FamilyReference } from '../browser/families.ts';
import { startLab, type LabServer } from '../browser/lab/server.ts';

let server: LabServer;
test.beforeAll(async () => {
  server = await startLab();
});
test.afterAll(async () => {
  await server.close();
});

/**
 * SwiftShader's own fp32 moves three of these tiny random models (gemma3, idefics3, llava_onevision) by up to 7e-3, kernels being right. This test looks for wrong
 * kernels, which move them by more than 0.03; whether a device is exact enough to be believed is the certificate's to say, at 1e-3.
 */
const SWIFTSHADER = 1e-2;

for (const name of FAMILIES) {
  test(`${name} in q4 on WASM equals its Hugging Face reference`, async ({ page }) => {
    await page.goto(server.url);
    const scored = await page.evaluate((r) => lab.score.score(r), familyRequest(name, 'q4', 'wasm', Infinity));
    compareFamily(scored, json<FamilyReference>(name, 'reference_q4.json'));
  });

  test(`${name} on WebGPU, made safe, equals its Hugging Face reference`, async ({ page }) => {
    await page.goto(server.url);
    const scored = await page.evaluate((r) => lab.score.score(r), familyRequest(name, 'fp32', 'webgpu', 1));
    compareFamily(scored, json<FamilyReference>(name, 'reference.json'), SWIFTSHADER);
  });
}
