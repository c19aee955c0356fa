import { expect, test } from '@playwright/test';
import { evaluate, readJson, recordLines, scratch } from '../browser/command.ts';
import { difference } from '../browser/reference.ts';

const space = scratch();
test.afterAll(() => space.remove());

test('on a software WebGPU adapter that computes wrongly, asked for by name, what comes out is right all the same', async () => {
  const out = space.path('webgpu');
  const run = await evaluate(['--device', 'webgpu', '--dtype', 'fp32', '--limit', '6', '--out', out]);
  expect(run.code).toBe(0);
  expect(readJson(out, 'run.json')).toMatchObject({ device: { kind: 'webgpu' }, certificate: { passed: true } });
  expect(recordLines(out)).toHaveLength(36);
  for (const line of recordLines(out)) expect(difference(line)).toBeLessThan(1e-3);
});
