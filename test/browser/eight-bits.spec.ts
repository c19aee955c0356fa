import { expect, test, type Page } from '@playwright/test';
import type { Certificate } from '../../src/core/certificate/types.ts';
import type { Scored, ScoreRequest } from '../support/lab/score.ts';
import { startLab, type LabServer } from '../support/lab/server.ts';
import { familyRequest, json, largestDifference } from './families.ts';
import { listing } from './fixtures.ts';

/* A model whose decoder is in 8 bits: one scale rounds what a run computes, so that log p depends on which tokens are computed together. */

let server: LabServer;
test.beforeAll(async () => {
  server = await startLab();
});
test.afterAll(() => server.close());

const FAMILY = 'smolvlm';
const score = (page: Page, request: ScoreRequest): Promise<Scored> => page.evaluate((r) => lab.score.score(r), request);

test('in 8 bits log p depends on what is computed together, so each sequence is computed alone', async ({ page }) => {
  await page.goto(server.url);
  const request = familyRequest(FAMILY, 'q8', 'wasm', 1);
  expect(request.dtype['decoder_model_merged']).toBe('q8');
  const asking = (methods: readonly string[]): typeof request => ({
    ...request,
    items: request.items.map((i) => ({ ...i, question: { ...i.question, methods } })),
  });
  const both = asking(['gd', 'ps']);
  const own = await score(page, both);
  const shared = await score(page, { ...both, plain: false });
  const full = await score(page, { ...both, plain: true });
  // The reason, without which nothing below would tell anything.
  expect(largestDifference(own.outcomes, shared.outcomes)).toBeGreaterThan(5e-3);
  expect(largestDifference(own.outcomes, full.outcomes)).toBe(0);
  // Nothing that is asked beside it moves a number.
  const alone = await score(page, asking(['gd']));
  const gd = own.outcomes.filter((o) => o.method === 'gd');
  expect(alone.outcomes.length).toBeGreaterThan(0);
  expect(largestDifference(alone.outcomes, gd)).toBe(0);
  for (const { work, planned } of own.works) {
    expect(work.prefills).toBe(planned.prefills);
    // GD's prompt, and PS's with each option.
    expect(work.prefills).toBe(3);
  }
});

test('the certificate of an 8-bit model says what it leaves open, and does not blame the device', async ({ page }) => {
  await page.goto(server.url);
  const base = `/test/families/${FAMILY}/`;
  const rows = json<Record<string, Record<string, string>>>(FAMILY, 'benchmark', 'data', 'dataset.json');
  const { prompts } = json<{ prompts: { letter: string; open: string } }>(FAMILY, 'reference.json');
  const { info, messages } = await page.evaluate((r) => lab.run.run(r), {
    ...{ base: `${base}model/`, files: listing(`test/families/${FAMILY}/model`) },
    ...{ images: `${base}benchmark/data/images/`, dataset: Object.fromEntries(Object.entries(rows).slice(0, 1)) },
    ...{ prompts, device: 'wasm' as const, dtype: 'q8', methods: ['gd', 'ps'], faults: [] },
  });
  expect(info.fault).toBeUndefined();
  const { passed, checks } = info.certificate as Certificate;
  expect(passed).toBe(true);
  expect(checks.map((c) => [c.kind, c.passed])).toEqual([
    ['operators', true],
    ['scales', true],
    ['precision', true],
  ]);
  const scales = checks.find((c) => c.kind === 'scales');
  expect(scales?.error).toBeGreaterThan(scales?.limit ?? Infinity);
  expect(messages.join(' ')).toContain('8 bits');
});
