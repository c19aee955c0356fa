import { expect, test } from '@playwright/test';
import type { Certificate } from '../../src/core/certificate/types.ts';
import type { ResultRecord } from '../../src/core/records/record.ts';
import { demoReference, demoRun, type Reference } from './fixtures.ts';
import { startLab, type LabServer } from '../support/lab/server.ts';

let server: LabServer;
test.beforeAll(async () => {
  server = await startLab();
});
test.afterAll(async () => {
  await server.close();
});

/** Largest difference in log p between records and the demo's reference. */
function worst(records: readonly ResultRecord[], reference: Reference): number {
  let most = 0;
  for (const r of records) {
    const ref = reference.items[r.pair]?.[r.image === 1 ? 'im_1' : 'im_2'];
    if (r.status !== 'scored' || !r.options || !ref) throw new Error(`${r.pair}/${r.image} ${r.method} has no score.`);
    for (const l of ['A', 'B'] as const) {
      const due = r.method === 'gd' ? ref.gd[l] : r.method === 'ps' ? ref.ps[l].ps : ref.ps[l].ps_official;
      most = Math.max(most, Math.abs(r.options[l].score - due));
    }
  }
  return most;
}

test(
  'on SwiftShader the certificate finds the attention fault, climbs to the rung that hides subgroups, and passes',
  { tag: '@soak' },
  async ({ page }) => {
    await page.goto(server.url);
    const { info, kept, messages } = await page.evaluate((r) => lab.run.run(r), demoRun(1, { device: 'webgpu' }));
    expect(info.fault).toBeUndefined();
    const certificate = info.certificate as Certificate;
    expect(certificate.attempts.map((a) => [a.rung, a.passed])).toEqual([
      ['as it is', false],
      ['subgroups hidden', true],
    ]);
    expect(certificate.attempts[0]?.checks.find((c) => !c.passed)?.kind).toBe('operators');
    expect(certificate.checks.map((c) => [c.kind, c.passed])).toEqual([
      ['operators', true],
      ['full-forward', true],
      ['reference', true],
    ]);
    expect(certificate.checks.find((c) => c.kind === 'reference')?.error).toBeLessThan(1e-3);
    expect(messages.join(' ')).toContain('subgroups hidden');
    expect(worst(kept, demoReference())).toBeLessThan(1e-3);
  },
);

test('without the check, the wrong numbers appear', { tag: '@soak' }, async ({ page }) => {
  await page.goto(server.url);
  const run = demoRun(1);
  const rows = Object.entries(run.dataset);
  const items = rows.flatMap(([pair, row]) =>
    ([1, 2] as const).map((image) => ({
      image: `${run.images}${row[`im_${image}_local`]}.png`,
      question: {
        pair,
        image,
        question: row['question'] ?? '',
        options: { A: row['option_A'] ?? '', B: row['option_B'] ?? '' },
        methods: ['gd'],
      },
    })),
  );
  const dtype = { vision_encoder: 'fp32', embed_tokens: 'fp32', decoder_model_merged: 'fp32' } as const;
  const promptSet = { name: 'lookalike', system: null, prompts: run.prompts };
  const request = {
    base: run.base,
    files: run.files,
    device: 'webgpu' as const,
    dtype,
    plain: false,
    promptSet,
    items,
    render: false,
  };
  const off = async (hideSubgroups: boolean): Promise<number> => {
    const rung = { hideSubgroups, fp32Accumulation: false };
    const { outcomes } = await page.evaluate((r) => lab.score.score(r), { ...request, rung });
    const reference = demoReference();
    return Math.max(
      ...outcomes.map((o) => {
        const due = reference.items[o.pair]?.[o.image === 1 ? 'im_1' : 'im_2']?.gd;
        return o.status === 'scored' && o.options && due ? Math.abs(o.options.A.score - due.A) : NaN;
      }),
    );
  };
  expect(await off(false)).toBeGreaterThan(1e-2);
  expect(await off(true)).toBeLessThan(1e-3);
});

test('auto takes WASM on a software adapter, and says so', async ({ page }) => {
  await page.goto(server.url);
  const { info, kept, messages } = await page.evaluate(
    (r) => lab.run.run(r),
    demoRun(2, { device: 'auto', dtype: 'auto' }),
  );
  expect(info.fault).toBeUndefined();
  expect(info.device.kind).toBe('wasm');
  expect(messages.join(' ')).toContain('software');
  expect(worst(kept, demoReference())).toBeLessThan(1e-3);
});
