import { expect, test } from '@playwright/test';
import { recordKey, type ResultRecord } from '../../src/core/records/record.ts';
import { demoRun } from '../browser/fixtures.ts';
import { startLab, type LabServer } from '../support/lab/server.ts';

let server: LabServer;
test.beforeAll(async () => {
  server = await startLab();
});
test.afterAll(async () => {
  await server.close();
});

/** A small seeded generator, so that a failing round can be run again. */
function random(seed: number): () => number {
  let x = seed;
  return () => (x = (x * 1103515245 + 12345) % 2147483648) / 2147483648;
}

/** Same keys, same choices, and every log p within the arithmetic of two right devices. */
function expectSame(got: readonly ResultRecord[], due: readonly ResultRecord[]): void {
  const byKey = new Map(got.map((r) => [recordKey(r), r]));
  expect([...byKey.keys()].sort()).toEqual(due.map(recordKey).sort());
  for (const d of due) {
    const g = byKey.get(recordKey(d));
    expect([recordKey(d), g?.status, g?.chosen]).toEqual([recordKey(d), d.status, d.chosen]);
    for (const l of ['A', 'B'] as const)
      expect(Math.abs((g?.options?.[l].score ?? NaN) - (d.options?.[l].score ?? NaN)), recordKey(d)).toBeLessThan(1e-3);
  }
}

/** A fault comes within `within` ms of a group's records: less than a group takes on a slow machine, a few groups on a fast one. */
for (const { kind, device, pairs, within } of [
  { kind: 'worker', device: 'wasm', pairs: 69, within: 20 },
  { kind: 'gpu', device: 'webgpu', pairs: 40, within: 250 },
] as const)
  test(`20 times the ${kind} fails in the middle of a run: nothing lost, nothing doubled, the same records`, async ({
    page,
  }) => {
    const next = random(20260921);
    const faults = Array.from({ length: 20 }, (_, i) => ({
      after: 1 + i,
      delayMs: Math.floor(next() * within),
      kind,
    }));
    await page.goto(server.url);
    const calm = await page.evaluate((r) => lab.run.run(r), demoRun(pairs, { device: 'wasm', methods: ['gd'] }));
    const rough = await page.evaluate((r) => lab.run.run(r), demoRun(pairs, { device, methods: ['gd'], faults }));
    expect(rough.info.fault).toBeUndefined();
    expect(rough.injected, 'faults dealt').toBe(20);
    const keys = rough.kept.map(recordKey);
    expect(new Set(keys).size, 'nothing doubled').toBe(keys.length);
    expectSame(rough.kept, calm.kept);
  });
