import { readFileSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import type { CheckResult, OperatorManifest } from '../../src/core/certificate/operators.ts';
import type { OperatorCheckRequest } from '../../src/protocol/engine.ts';
import { startLab, type LabServer } from '../support/lab/server.ts';

/**
 * The tests' adapter is SwiftShader, whose subgroup size of 4 the runtime's attention kernels do not bear: it stands for every device that is
 * silently wrong.
 */
const PLAIN = { hideSubgroups: false, fp32Accumulation: false };
const HIDDEN = { hideSubgroups: true, fp32Accumulation: false };
const WEBGPU = { device: 'webgpu', threads: 2, half: false, stopAtFirst: false } as const;
const WASM = { device: 'wasm', threads: 2, rung: PLAIN, stopAtFirst: false } as const;

let lab: LabServer;
test.beforeAll(async () => {
  lab = await startLab();
});
test.afterAll(() => lab.close());

async function open(page: Page): Promise<void> {
  await page.goto(lab.url);
  await page.waitForFunction(() => 'lab' in globalThis);
}

async function check(page: Page, request: Omit<OperatorCheckRequest, 'base'>): Promise<readonly CheckResult[]> {
  await open(page);
  const { results, seconds } = await page.evaluate((r) => globalThis.lab.operators.check(r), request);
  test.info().annotations.push({ type: 'seconds', description: seconds.toFixed(1) });
  return results;
}

const wrong = (results: readonly CheckResult[]): string[] =>
  results.filter((r) => !r.passed).map((r) => `${r.name}: ${r.detail}`);

test(
  'WebGPU as it is: attention of more than 32 new tokens is wrong, shorter attention is right',
  { tag: '@soak' },
  async ({ page }) => {
    const results = await check(page, { ...WEBGPU, rung: PLAIN });
    const failed = results.filter((r) => !r.passed);
    expect(failed.length).toBeGreaterThan(0);
    for (const r of failed) {
      expect(r.operator).toMatch(/GroupQueryAttention|MultiHeadAttention/);
      expect(r.length).toBeGreaterThan(32);
      expect(r.error).toBeGreaterThan(0.1);
    }
  },
);

test('WebGPU with subgroups hidden: every operator is right', { tag: '@soak' }, async ({ page }) => {
  const results = await check(page, { ...WEBGPU, rung: HIDDEN });
  expect(wrong(results)).toEqual([]);
  expect(new Set(results.map((r) => r.length))).toEqual(new Set([1, 5, 40, 69, 200]));
});

/** The checks of one graph alone; `change` makes another graph of it. */
async function only(page: Page, graph: string, change = (bytes: Buffer): Buffer => bytes): Promise<void> {
  const file = (name: string): Buffer => readFileSync(`public/certificate/${name}`);
  const manifest = JSON.parse(file('index.json').toString()) as OperatorManifest;
  const cases = manifest.cases.filter((c) => c.graph === graph);
  await page.route('**/certificate/index.json', (route) => route.fulfill({ json: { ...manifest, cases } }));
  await page.route(`**/certificate/${graph}.onnx`, (route) => route.fulfill({ body: change(file(`${graph}.onnx`)) }));
}

test('masks joined by And are right, because And stays on the CPU', async ({ page }) => {
  await only(page, 'masks');
  const results = await check(page, { ...WEBGPU, rung: HIDDEN });
  expect(results.length).toBe(12);
  expect(wrong(results)).toEqual([]);
});

test('And that a graph does not name stays on the GPU, and is found wrong by name', async ({ page }) => {
  // Of NodeProto, field 3 (name) becomes field 6 (doc_string): the same node without a name.
  const nameless = (bytes: Buffer): Buffer => {
    for (let at = bytes.indexOf('And_'); at >= 0; at = bytes.indexOf('And_', at + 1))
      if (bytes[at - 2] === 0x1a) bytes[at - 2] = 0x32;
    return bytes;
  };
  await only(page, 'masks', nameless);
  const results = await check(page, { ...WEBGPU, rung: HIDDEN });
  const failed = results.filter((r) => !r.passed);
  expect(failed.length).toBeGreaterThan(0);
  for (const r of failed) {
    expect(r.operator).toBe('And');
    expect(r.error).toBe(1);
  }
});

for (const half of [false, true])
  test(`WASM in ${half ? 'float16' : 'float32'}: every operator is right`, async ({ page }) => {
    expect(wrong(await check(page, { ...WASM, half }))).toEqual([]);
  });

test('checks that stop at the first failure end with it', async ({ page }) => {
  const results = await check(page, { ...WEBGPU, rung: PLAIN, stopAtFirst: true });
  const first = results[0]?.name.split(',').at(-1);
  expect(wrong(results)).not.toEqual([]);
  expect(new Set(results.map((r) => r.name.split(',').at(-1)))).toEqual(new Set([first])); // one case only
});

test('a graph that the device cannot run is a failed check with the reason', async ({ page }) => {
  // SwiftShader has no shader-f16.
  const results = await check(page, { ...WEBGPU, rung: HIDDEN, half: true });
  expect(results.length).toBeGreaterThan(0);
  for (const r of results) expect(r).toMatchObject({ passed: false, error: null });
  expect(results[0]?.detail).toContain('f16');
});

test('a model loads in the worker that was checked, and its device does not count as lost', async ({ page }) => {
  await open(page);
  const request = { device: 'webgpu', threads: 2, rung: PLAIN, half: false } as const;
  const meters = await page.evaluate((r) => globalThis.lab.operators.checkThenLoad(r), request);
  expect(meters.lost).toBeNull();
  expect(meters.gpuBytes).toBeGreaterThan(10_000_000);
});

test('checks that cannot be read are an error, not a pass', async ({ page }) => {
  await page.route('**/certificate/expected.bin', (route) => route.fulfill({ body: Buffer.alloc(16) }));
  await open(page);
  const run = page.evaluate((r) => globalThis.lab.operators.check(r), { ...WASM, half: false });
  await expect(run).rejects.toThrow(/list of operator checks is damaged/);
});
