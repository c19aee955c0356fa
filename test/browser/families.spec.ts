import { expect, test } from '@playwright/test';
import { compareFamily, FAMILIES, familyRequest, largestDifference, json, type FamilyReference } from './families.ts';
import { startLab, type LabServer } from '../support/lab/server.ts';

let server: LabServer;
test.beforeAll(async () => {
  server = await startLab();
});
test.afterAll(async () => {
  await server.close();
});

/** Families that every run of the tests asks; the soak asks the others. */
const SAMPLE: ReadonlySet<string> = new Set(['llava', 'qwen2_vl', 'multi_modality', 'phi3_v']);

/** The one whose 4-bit weights every run of the tests unpacks. */
const SAMPLE_Q4 = 'lfm2_vl';

for (const name of FAMILIES)
  test(
    `${name} on WASM equals its Hugging Face reference`,
    { tag: SAMPLE.has(name) ? [] : '@soak' },
    async ({ page }) => {
      await page.goto(server.url);
      const scored = await page.evaluate((r) => lab.score.score(r), familyRequest(name, 'fp32', 'wasm', Infinity));
      compareFamily(scored, json<FamilyReference>(name, 'reference.json'));
      // An export that has Qwen3-VL's deepstack equals the whole model; one without it says so.
      if (name.startsWith('qwen3_vl'))
        expect([name, scored.caveat === null]).toEqual([name, name === 'qwen3_vl-exported' || name === 'qwen3_vl_moe']);
    },
  );

for (const name of ['idefics3', 'lfm2_vl'])
  test(
    `${name} in q4: weights unpacked at load give the numbers of packed ones, and the result says so`,
    { tag: name === SAMPLE_Q4 ? [] : '@soak' },
    async ({ page }) => {
      await page.goto(server.url);
      const request = familyRequest(name, 'q4', 'wasm', 1);
      const unpacked = await page.evaluate((r) => lab.score.score(r), request);
      const packed = await page.evaluate((r) => lab.score.score(r), { ...request, unpackBytes: 0 });
      expect(unpacked.unpacked).toBeGreaterThan(0);
      expect(unpacked.libraries).toHaveProperty('decoder weights', 'unpacked from 4 bits to fp32 at load');
      expect(packed.unpacked).toBe(0);
      expect(packed.libraries).not.toHaveProperty('decoder weights');
      expect(largestDifference(unpacked.outcomes, packed.outcomes)).toBeLessThan(1e-5);
    },
  );
