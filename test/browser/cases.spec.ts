import { cpSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { damageWeights, moveWeights } from '../support/cases/external.ts';
import { copyBenchmark, DEMO_MODEL, evaluate, readJson, recordLines, scratch, type Line } from './command.ts';
import { difference } from './reference.ts';

/** What people bring (docs/compatibility.md), as far as only a whole run shows it; the other cases are in test/unit. */
const space = scratch();
test.afterAll(() => space.remove());

const DECODER = 'decoder_model_merged';
const JUDGE = 'public/models/phantom-judge';
const run = (name: string, methods: string, ...args: string[]) =>
  evaluate(['--device', 'wasm', '--methods', methods, '--out', space.path(name), ...args]);

/** A copy of a model, in fp32 alone, changed. */
function changed(from: string, to: string, change: (onnx: string) => void): string {
  const dir = space.path(to);
  mkdirSync(dir, { recursive: true });
  cpSync(from, dir, { recursive: true, filter: (path) => !path.endsWith('_q4.onnx') });
  change(join(dir, 'onnx'));
  return dir;
}

test(
  '06: weights beside their graphs that no config.json announces, of the model under test, and above onnx of a judge, in the cache of the hub',
  { tag: '@soak' },
  async () => {
    const [commit, repository] = ['a'.repeat(40), space.path('models--acme--tiny')];
    const model = changed(DEMO_MODEL, 'bare', (onnx) => {
      moveWeights(join(onnx, `${DECODER}.onnx`), `${DECODER}.onnx.data`);
      moveWeights(join(onnx, 'vision_encoder.onnx'), '7f0c1d9e-5a3b-4c1e-9d42-0b6f3a1c2d3e');
    });
    mkdirSync(join(repository, 'snapshots'), { recursive: true });
    renameSync(model, join(repository, 'snapshots', commit));
    const judge = changed(JUDGE, 'judge', (onnx) => moveWeights(join(onnx, 'model.onnx'), '../weights.bin'));
    const args = ['--limit', '1', '--dtype', 'fp32', '--judge', judge, '--judge-dtype', 'fp32', '--judge-test', '0'];
    const { code, stderr } = await run('beside', 'gd,ff', '--model', repository, ...args);
    expect(code, stderr).toBe(0);
    const lines = recordLines(space.path('beside'));
    const of = (method: string): readonly Line[] => lines.filter((l) => l.method === method);
    expect(Math.max(...of('gd').map(difference))).toBeLessThan(1e-3);
    expect(of('ff').map((l) => l.chosen)).toEqual(['A', 'A']); // test/data/demo-choices.json
    expect(readJson(space.path('beside'), 'run.json')['model']).toMatchObject({ id: 'acme/tiny', revision: commit });
  },
);

test('33: weights that were damaged when they were quantised are told in every table', { tag: '@soak' }, async () => {
  const model = changed(DEMO_MODEL, 'damaged', (onnx) =>
    damageWeights(join(onnx, `${DECODER}.onnx`), join(onnx, `${DECODER}_quantized.onnx`)),
  );
  const { code, stdout, stderr } = await run('damaged-out', 'gd', '--limit', '1', '--dtype', 'q8', '--model', model);
  expect(code, stderr).toBe(0);
  const tables = readFileSync(space.path('damaged-out', 'tables.md'), 'utf8').split('\n### ').slice(1);
  expect(tables.length).toBeGreaterThan(1);
  for (const table of tables) expect(table).toContain("The model's weights are too coarse");
  expect(stdout).toContain('in a finer dtype of the same model log p of the first question differs by up to');
});

test('13: a pair longer than the context is named, and the others run', async () => {
  copyBenchmark(space.path('long'), 2, (questions) => {
    Object.assign(questions['50001'] ?? {}, { question: 'Describe the finding. '.repeat(300) });
  });
  const args = ['--model', 'test/families/llava/model', '--benchmark', space.path('long')];
  const { code, stderr } = await run('long-out', 'gd', ...args);
  expect(code, stderr).toBe(1);
  expect(stderr).toMatch(/Pair 50001 is [\d,]+ tokens long with its image; this model takes 1,024\./);
  const lines = recordLines(space.path('long-out'));
  expect(lines.map((l) => [l.pair, l.status])).toEqual([
    ...[1, 2].map(() => ['50001', 'failed']),
    ...[1, 2].map(() => ['50002', 'scored']),
  ]);
});
