/**
 * Exports of tiny random checkpoints in every dtype (tools/make/families/prove_exports.py --keep .cache/exports): Chromium's log p against those of
 * onnxruntime for Python on the same graphs. LOOKALIKE_SUITE=exports npx playwright test
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test, type Page } from '@playwright/test';
import type { Dtype } from '../../src/core/models/dtypes.ts';
import { familyRequest } from '../browser/families.ts';
import { startLab, type LabServer } from '../support/lab/server.ts';
import type { Scored } from '../support/lab/score.ts';

const ROOT = fileURLToPath(new URL('../../.cache/exports/', import.meta.url));
const KEPT = existsSync(ROOT) ? readdirSync(ROOT).filter((name) => existsSync(`${ROOT}${name}/scores.json`)) : [];
/** Largest difference in log p: the same arithmetic up to rounding, which half precision does elsewhere in the two. */
const LIMIT = { full: 1e-3, half: 2e-2 } as const;

interface Item {
  readonly gd: Readonly<Record<'A' | 'B', number>>;
  readonly ps: Readonly<
    Record<'A' | 'B', { readonly tokens: readonly number[]; readonly token_logprobs: readonly number[] }>
  >;
}
type Scores = Readonly<Record<string, Readonly<Record<string, Readonly<Record<'im_1' | 'im_2', Item>>>>>>;

let server: LabServer;
test.beforeAll(async () => {
  server = await startLab();
});
test.afterAll(() => server.close());

async function scoreIn(page: Page, name: string, dtype: Dtype, device: 'wasm' | 'webgpu'): Promise<Scored> {
  const model = { folder: `${ROOT}${name}/model`, base: `/.cache/exports/${name}/model/` };
  await page.goto(server.url);
  const request = familyRequest(name, dtype, device, device === 'wasm' ? Infinity : 1, model);
  // Not MC: a random model may write the image's own token.
  const items = request.items.map((i) => ({ ...i, question: { ...i.question, methods: ['gd', 'ps'] } }));
  return page.evaluate((r) => lab.score.score(r), { ...request, items });
}

/** The largest difference of all letters and option tokens; token ids must be equal. */
function largest(scored: Scored, scores: Scores[string]): number {
  const found: number[] = [];
  for (const o of scored.outcomes) {
    if (o.status === 'failed') throw new Error(`${o.pair}/${o.image} ${o.method}: ${o.fault.message}`);
    const item = scores[o.pair]?.[o.image === 1 ? 'im_1' : 'im_2'];
    if (!item) throw new Error(`No score of ${o.pair}.`);
    for (const l of ['A', 'B'] as const) {
      const got = o.options?.[l];
      if (o.method === 'gd') found.push(Math.abs((got?.score ?? NaN) - item.gd[l]));
      if (o.method !== 'ps') continue;
      expect(got?.tokens, `${o.pair}/${o.image}`).toEqual(item.ps[l].tokens);
      got?.tokenLogprobs.forEach((p, i) => found.push(Math.abs(p - (item.ps[l].token_logprobs[i] ?? NaN))));
    }
  }
  expect(found.length).toBeGreaterThan(0);
  return Math.max(...found);
}

const CASES: readonly (readonly [Dtype, 'wasm' | 'webgpu'])[] = [
  ['fp32', 'wasm'],
  ['q4', 'wasm'],
  ['fp16', 'wasm'],
  ['q4', 'webgpu'],
  ['fp16', 'webgpu'],
  ['q4f16', 'webgpu'],
];

for (const name of KEPT)
  for (const [dtype, device] of CASES)
    test(`${name} in ${dtype} on ${device} gives onnxruntime's log p`, async ({ page }) => {
      const half = dtype === 'fp16' || dtype === 'q4f16';
      if (half && device === 'webgpu') {
        await page.goto(server.url);
        const shader = await page.evaluate(async () =>
          (await navigator.gpu.requestAdapter())?.features.has('shader-f16'),
        );
        test.skip(shader !== true, 'This adapter has no shader-f16.');
      }
      const scores = (JSON.parse(readFileSync(`${ROOT}${name}/scores.json`, 'utf8')) as Scores)[dtype];
      const difference = largest(await scoreIn(page, name, dtype, device), scores ?? {});
      console.log(`${name} ${dtype} ${device}: ${difference.toExponential(1)}`);
      expect(difference).toBeLessThan(LIMIT[half ? 'half' : 'full']);
    });
