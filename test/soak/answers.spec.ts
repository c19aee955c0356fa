import { expect, test } from '@playwright/test';
import { expectAnswers } from '../browser/answers.ts';
import { demoRun } from '../browser/fixtures.ts';
import { startLab, type LabServer } from '../support/lab/server.ts';

let server: LabServer;
test.beforeAll(async () => {
  server = await startLab();
});
test.afterAll(async () => {
  await server.close();
});

test("MC and FF answers of all 69 pairs equal the demo's reference, and the judge's replies equal its own", async ({
  page,
}) => {
  await page.goto(server.url);
  const { info, kept } = await page.evaluate(
    (r) => lab.run.run(r),
    demoRun(69, {
      methods: ['mc', 'ff'],
      judging: { explain: true, byRule: false, selfTest: 12, dtype: 'auto' },
    }),
  );
  expect(info.fault).toBeUndefined();
  expectAnswers(kept, 138);
});
