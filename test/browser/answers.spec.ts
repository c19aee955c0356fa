import { expect, test } from '@playwright/test';
import type { ResultRecord, ScoredRecord } from '../../src/core/records/record.ts';
import { expectAnswers } from './answers.ts';
import { demoRun } from './fixtures.ts';
import { startLab, type LabServer } from '../support/lab/server.ts';

/** A judge that is not tested first. */
const UNTESTED = { explain: false, byRule: false, selfTest: 0, dtype: 'auto' };
/** The judge writes its whole reply, as its reference does. */
const EXPLAINED = { ...UNTESTED, explain: true };

let server: LabServer;
test.beforeAll(async () => {
  server = await startLab();
});
test.afterAll(async () => {
  await server.close();
});

test("MC and FF answers equal the demo's reference, and the judge's replies equal its own", async ({ page }) => {
  await page.goto(server.url);
  const { info, kept } = await page.evaluate(
    (r) => lab.run.run(r),
    demoRun(10, { methods: ['mc', 'ff'], judging: EXPLAINED }),
  );
  expect(info.fault).toBeUndefined();
  expectAnswers(kept, 20);
});

test('GD, PS, MC and FF of one question cost one image encode and at most 1.5 times the prefill of one GD prompt', async ({
  page,
}) => {
  await page.goto(server.url);
  const one = await page.evaluate(
    (r) => lab.run.run(r),
    demoRun(1, { methods: ['gd', 'ps', 'mc', 'ff'], judging: UNTESTED }),
  );
  const { work } = one.info;
  const prompt = one.kept.find((r) => r.status === 'scored' && r.method === 'gd');
  const gdTokens = prompt?.status === 'scored' ? prompt.promptTokens : NaN;
  expect(work.imageEncodes).toBe(2);
  expect(work.prefillTokens / 2).toBeLessThan(1.5 * gdTokens);
});

function scored(kept: readonly ResultRecord[], method: string): readonly ScoredRecord[] {
  return kept.filter((r): r is ScoredRecord => r.status === 'scored' && r.method === method);
}

test(
  'a paraphrase is a branch of the same plan and scores as a run in its words does',
  { tag: '@soak' },
  async ({ page }) => {
    await page.goto(server.url);
    const words = { letter: '{q}\nA: {a}\nB: {b}\nAnswer with A or B.', open: '{q}' };
    const paraphrases = [{ promptSet: { name: 'brief', prompts: words, system: null }, sha256: 'x' }];
    const methods = ['gd', 'ps', 'gd+paraphrase-1', 'ps+paraphrase-1'];
    const one = await page.evaluate((r) => lab.run.run(r), demoRun(2, { methods, paraphrases }));
    const alone = await page.evaluate((r) => lab.run.run(r), demoRun(2, { prompts: words }));
    expect(one.info.work.imageEncodes).toBe(4);
    expect(one.info.paraphrases).toMatchObject([{ name: 'brief', prompts: words }]);
    for (const method of ['gd', 'ps']) {
      const [plain, asked, due] = [
        scored(one.kept, method),
        scored(one.kept, `${method}+paraphrase-1`),
        scored(alone.kept, method),
      ];
      expect(asked).toHaveLength(4);
      asked.forEach((r, i) => {
        expect(Math.abs((r.options?.A.score ?? NaN) - (due[i]?.options?.A.score ?? NaN))).toBeLessThan(1e-4);
        expect(r.options?.A.score).not.toBe(plain[i]?.options?.A.score);
      });
    }
  },
);

test(
  'the model under test judges its own answers, also those of an earlier part of the run',
  { tag: '@soak' },
  async ({ page }) => {
    await page.goto(server.url);
    const waiting = await page.evaluate((r) => lab.run.run(r), demoRun(2, { methods: ['ff'], judgeId: 'person' }));
    expect(waiting.info.judge).toEqual({ kind: 'person' });
    expect(scored(waiting.kept, 'ff').map((r) => r.notes.includes('unjudged'))).toEqual([true, true, true, true]);
    const earlier = waiting.kept;
    const own = await page.evaluate(
      (r) => lab.run.run(r),
      demoRun(2, { methods: ['ff', 'gd'], judgeId: 'self', judging: UNTESTED, earlier: [...earlier] }),
    );
    expect(own.info.fault).toBeUndefined();
    expect(own.info.judge).toMatchObject({ kind: 'self', id: 'lab', sha256: 'onnx/decoder_model_merged.onnx' });
    const judged = scored(own.kept.slice(earlier.length), 'ff');
    expect(judged.map((r) => [r.judge?.name, r.notes.includes('unjudged')])).toEqual(Array(4).fill(['lab', false]));
    // No image is shown to a judge: the four of the two pairs are all that was encoded.
    expect(own.info.work.imageEncodes).toBe(4);
    for (const r of scored(own.kept, 'ff-likelihood')) {
      const { A, B } = r.options ?? {};
      expect(Number.isFinite(A?.score) && Number.isFinite(B?.score)).toBe(true);
      expect(r.chosen).toBe((A?.score ?? NaN) > (B?.score ?? NaN) ? 'A' : 'B');
    }
    // And with nothing left to score: only the judging is done.
    const only = await page.evaluate(
      (r) => lab.run.run(r),
      demoRun(2, { methods: ['ff'], judgeId: 'self', judging: UNTESTED, earlier: [...earlier] }),
    );
    expect(scored(only.kept.slice(earlier.length), 'ff')).toHaveLength(4);
  },
);
