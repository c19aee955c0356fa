import { expect, test } from '@playwright/test';
import type { ScoredRecord } from '../../src/core/scoring/record.ts';
import { demoReference, demoRun, readJson } from './fixtures.ts';
import { startLab, type LabServer } from './lab/server.ts';

interface JudgeReference {
  readonly items: Readonly<
    Record<
      string,
      Readonly<Record<'im_1' | 'im_2', { reply: string; A: number | null; B: number | null; chosen: string | null }>>
    >
  >;
}

let server: LabServer;
test.beforeAll(async () => {
  server = await startLab();
});
test.afterAll(async () => {
  await server.close();
});

test("MC and FF answers equal the demo's reference, and the judge's replies equal its own", async ({ page }) => {
  test.setTimeout(240_000);
  await page.goto(server.url);
  const { info, kept } = await page.evaluate((r) => lab.run.run(r), demoRun(69, { methods: ['mc', 'ff'] }));
  expect(info.fault).toBeUndefined();
  const demo = demoReference();
  const judge = readJson<JudgeReference>('test/data/demo/judge-reference.json');
  const scored = kept.filter((r): r is ScoredRecord => r.status === 'scored');
  const side = (r: ScoredRecord): 'im_1' | 'im_2' => (r.image === 1 ? 'im_1' : 'im_2');
  const of = (method: string): ScoredRecord[] => scored.filter((r) => r.method === method);

  for (const r of of('mc'))
    expect([r.pair, r.image, r.text]).toEqual([r.pair, r.image, demo.items[r.pair]?.[side(r)].mc_text]);
  const judged = of('ff').filter((r) => r.judge);
  expect([of('mc').length, judged.length, of('ff-likelihood').length]).toEqual([138, 138, 138]);
  for (const r of judged) {
    const due = judge.items[r.pair]?.[side(r)];
    expect([r.pair, r.image, r.text]).toEqual([r.pair, r.image, demo.items[r.pair]?.[side(r)].ff_text]);
    expect(r.judge?.text).toBe(due?.reply);
    expect([r.judge?.a, r.judge?.b, r.chosen]).toEqual([due?.A, due?.B, due?.chosen ?? null]);
  }
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
