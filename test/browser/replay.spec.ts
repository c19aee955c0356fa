import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode, decode } from 'fast-png';
import { expect, test } from '@playwright/test';
import { compareResults } from '../../tools/make/compare-results.mjs';
import { accessible } from './accessible.ts';
import { command, DEMO_BENCHMARK, DEMO_MODEL, evaluate, recordLines, scratch } from './command.ts';

/** Shards, their merging and a bundle's replay with the demo's model, from the command line. */
const space = scratch();
const DEMO = ['--device', 'wasm', '--dtype', 'fp32', '--methods', 'gd', '--limit', '6'];
test.beforeAll(async () => {
  expect((await evaluate([...DEMO, '--out', space.path('whole')])).code).toBe(0);
  const bundle = ['bundle', space.path('whole'), '--model', DEMO_MODEL, '--out', space.path('b.zip')];
  expect((await command(bundle)).stderr).toContain('12 records of');
});
test.afterAll(() => space.remove());

test('two shards merged are the one run, byte for byte but for times', { tag: '@soak' }, async () => {
  const parts = [1, 2].map((index) => space.path(`part${index}`));
  for (const [i, out] of parts.entries())
    expect((await evaluate([...DEMO, '--shard', `${i + 1}/2`, '--out', out])).code).toBe(0);
  const merged = await command(['merge', ...parts, '--out', space.path('merged')]);
  expect(merged.stderr).toContain('12 records of 2 folders.');
  expect(merged.code).toBe(0);
  expect(compareResults(space.path('merged'), space.path('whole'))).toEqual([]);
});

test('a bundle is repeated bit for bit', async () => {
  const replayed = await command(['replay', space.path('b.zip')]);
  expect(replayed.stdout).toContain('pair 50001 image 1 gd: bit-equal\n');
  expect(replayed.stdout).toContain('12 items: 12 bit-equal, 0 within tolerance, 0 different.');
  expect(replayed.code).toBe(0);
});

test('a bundle made with the model holds the token ids of every prompt', () => {
  const zip = readFileSync(space.path('b.zip'), 'utf8');
  const [line = ''] = /\{"pair":"50001","image":1,"method":"gd","text":.*\}/.exec(zip) ?? [];
  const { ids } = JSON.parse(line) as { ids: number[] };
  const { promptTokens } = recordLines(space.path('whole'))[0] as unknown as { promptTokens: number };
  expect(ids).toHaveLength(promptTokens);
});

test('one weight byte, one word of a question and one pixel are each named', async () => {
  const [model, benchmark] = [space.path('model'), space.path('benchmark')];
  cpSync(DEMO_MODEL, model, { recursive: true });
  cpSync(DEMO_BENCHMARK, benchmark, { recursive: true });
  for (const folder of [model, benchmark]) rmSync(join(folder, 'index.json'), { force: true });
  change(join(model, 'onnx', 'embed_tokens.onnx'), (bytes) =>
    bytes.map((b, i) => (i === bytes.length >> 1 ? b ^ 1 : b)),
  );
  change(join(benchmark, 'data', 'images', '1001.png'), (bytes) => {
    const image = decode(bytes);
    const at = image.data.length >> 1;
    image.data[at] = (image.data[at] ?? 0) ^ 1;
    return encode(image);
  });
  const questions = join(benchmark, 'data', 'dataset.json');
  writeFileSync(questions, readFileSync(questions, 'utf8').replace('On which side', 'On what side'));

  const replayed = await command(['replay', space.path('b.zip'), '--model', model, '--benchmark', benchmark]);
  const [item] = replayed.stdout.split('\n');
  expect(item).toMatch(/^pair 50001 image 1 gd: different/);
  expect(item).toMatch(/model: onnx\/embed_tokens\.onnx has the hash [0-9a-f]{8} and had [0-9a-f]{8}/);
  expect(item).toMatch(/prompt: question of pair 50001 was "On which side.*" and is "On what side/);
  expect(item).toMatch(/pixels: image 1 of pair 50001 has the hash/);
  expect(replayed.stdout).toContain('0 bit-equal, 0 within tolerance, 12 different.');
  expect(replayed.code).toBe(1);
});

test('the page takes a bundle as a run, and exports it as the command line does', async ({ page }) => {
  const log = space.path('log.json');
  expect((await command(['export', space.path('whole'), '--to', 'inspect', '--out', log])).code).toBe(0);
  await page.goto('./#/runs');
  await page.getByLabel('Official result files').setInputFiles(space.path('b.zip'));
  await expect(page).toHaveURL(/#\/runs\/[0-9a-f]+$/);
  await page.getByRole('button', { name: 'Other formats' }).click();
  await accessible(page, 'dialog');
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download: Inspect log' }).click();
  const download = await waiting;
  expect(download.suggestedFilename()).toMatch(/^20.*_lookalike-phantoms_[0-9a-f]{22}\.json$/);
  const parsed = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
  expect(parsed(await download.path())).toEqual(parsed(log));
});

function change(file: string, by: (bytes: Uint8Array) => Uint8Array): void {
  writeFileSync(file, by(new Uint8Array(readFileSync(file))));
}
