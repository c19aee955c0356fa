import { existsSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { command, evaluate, readJson, recordLines, scratch } from './command.ts';

const space = scratch();
test.afterAll(() => space.remove());
const WASM = ['--device', 'wasm', '--dtype', 'fp32'];

test('marks, their controls and other changes of the image are records of their own', async () => {
  const out = space.path('probes');
  const methods = 'gd,gd+marks,gd+marks-wrong-side,gd+text-b,gd+flip';
  const { code, stdout } = await evaluate([
    ...[...WASM, '--limit', '1', '--methods', methods, '--flip-answers', 'all', '--out', out],
  ]);
  expect(code).toBe(0);
  expect(stdout).toContain('Probes of the image, GD');
  expect(
    recordLines(out)
      .map((r) => `${r.image} ${r.method} ${JSON.stringify(Reflect.get(r, 'changes') ?? null).slice(0, 16)}`)
      .sort(),
  ).toEqual([
    '1 gd null',
    '1 gd+flip [{"kind":"flip"}',
    '1 gd+marks [{"kind":"marks"',
    '1 gd+marks-wrong-side [{"kind":"marks"',
    '1 gd+text-b [{"kind":"captio',
    '2 gd null',
    '2 gd+flip [{"kind":"flip"}',
    '2 gd+marks [{"kind":"marks"',
    '2 gd+marks-wrong-side [{"kind":"marks"',
    '2 gd+text-b [{"kind":"captio',
  ]);
  expect(readJson(out, 'run.json')).toMatchObject({
    work: { imageEncodes: 10 },
    probes: { seed: 0, marks: { pairs: 69 }, flipAnswers: 'all' },
  });
  const rights = recordLines(out).map((r) => [r.method === 'gd+flip', r.image, Reflect.get(r, 'right')]);
  expect(rights.filter(([, image]) => image === 1).map(([flipped, , right]) => `${flipped} ${right}`)).toContain(
    'true B',
  );
});

test('an occlusion map costs what its grid says, and the second look nothing', { tag: '@soak' }, async () => {
  const out = space.path('look');
  const args = [...WASM, '--pair', '50001', '--grid', '2', '--out', out];
  const first = await command(['occlude', ...args]);
  expect(first.code).toBe(0);
  expect(first.stdout).toContain('10 image encodes, 10 prefills.');
  expect(existsSync(`${out}/occlusion.png`)).toBe(true);
  const maps = readJson(out, 'occlusion.json')['maps'];
  const second = await command(['occlude', ...args]);
  expect(second.stdout).toContain('0 image encodes, 0 prefills.');
  expect(readJson(out, 'occlusion.json')['maps']).toEqual(maps);
  const wrong = await command(['occlude', ...WASM, '--pair', '1', '--out', space.path('none')]);
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no pair "1"') });
});
