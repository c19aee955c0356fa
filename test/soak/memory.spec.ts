import { chromium, expect, test } from '@playwright/test';
import { demoRun } from '../browser/fixtures.ts';
import type { LabRun } from '../support/lab/run.ts';
import { startLab, type LabServer } from '../support/lab/server.ts';

/** Bytes, at most. */
const KEPT_OF_AN_ITEM = 2048;

let server: LabServer;
test.beforeAll(async () => {
  server = await startLab();
});
test.afterAll(async () => {
  await server.close();
});

/** 255 pairs with 510 images that the run takes for distinct: the demo's, each under many addresses. */
function many(): LabRun['dataset'] {
  const rows = Object.entries(demoRun(69).dataset);
  const out: Record<string, Record<string, string>> = {};
  for (let i = 0; i < 255; i++) {
    const [id, row] = rows[i % rows.length] ?? [];
    if (!id || !row) continue;
    const local = (k: 1 | 2): string => `${row[`im_${k}_local`]}.png?copy=${i}-${k}&as=`;
    out[`${id}-${i}`] = { ...row, im_1_local: local(1), im_2_local: local(2) };
  }
  return out;
}

test('memory stays flat between item 50 and item 500: within 5%, and 2 KB an item on the page', async ({
  playwright: _,
}, info) => {
  const { executablePath, args = [] } = info.project.use.launchOptions ?? {};
  const browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: [...args, '--enable-precise-memory-info', '--js-flags=--expose-gc'],
  });
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    const request = demoRun(0, { dataset: many(), methods: ['gd', 'ps'], sampleAt: [50, 500] });
    const { info: run, samples } = await page.evaluate((r) => lab.run.run(r), request);
    expect(run.fault).toBeUndefined();
    const [early, late] = samples;
    if (!early || !late) throw new Error('Memory was not sampled.');
    console.log('at 50:', JSON.stringify(early), 'at 500:', JSON.stringify(late));
    expect(late.wasmBytes).toBeLessThanOrEqual(early.wasmBytes * 1.05);
    expect(late.gpuBytes).toBeLessThanOrEqual(early.gpuBytes * 1.05);
    expect(late.featureBytes + late.stateBytes).toBeLessThanOrEqual((early.featureBytes + early.stateBytes) * 1.05);
    // Of an item the page itself keeps how alike the pair is to the model, one number; heap snapshots at items 60 and 300 show nothing else of ours that
    // grows. The rest, half a KB to one, is the browser's: code that it compiles, and its tables. Pixels or features of one item would be many times that.
    expect(late.pageHeapBytes - early.pageHeapBytes).toBeLessThanOrEqual(450 * KEPT_OF_AN_ITEM);
  } finally {
    await browser.close();
  }
});
