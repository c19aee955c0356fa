/** Scoring beside the published algorithm in Hugging Face transformers, by turns: the same shape of model, fp32, the same cores and threads. */
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { Stop } from '../say.mjs';
import { ROOT } from '../setup/setup.mjs';
import { pythonWith } from './python.mjs';
import { measure } from './scoring.mjs';
import { shapeModel } from './shape.mjs';
import { table } from './table.mjs';

/** Turns; in each, ours answers its questions and then PyTorch the same number. */
const TURNS = 2;

/**
 * @param {{quick: boolean, executable: string}} options
 * @returns {Promise<string>} the section of bench/RESULTS.md
 */
export async function benchPytorch({ quick, executable }) {
  const shape = quick ? 'smolvlm-mini' : 'smolvlm-256m';
  const python = pythonWith(['torch', 'transformers']);
  if (python === null) throw new Stop('bench --pytorch needs a Python with torch and transformers.', 2);
  const dir = shapeModel(shape, 'fp32');
  if (dir === null) throw new Stop('bench --pytorch needs a Python with numpy and onnx, to make the model.', 2);
  const { build } = await import('vite');
  await build({ configFile: join(ROOT, 'bench', 'vite.config.ts'), logLevel: 'warn' });
  const mean = (/** @type {number[]} */ all) => all.reduce((n, x) => n + x, 0) / all.length;
  const threads = cpus().length;
  const dtype = { vision_encoder: 'fp32', embed_tokens: 'fp32', decoder_model_merged: 'fp32' };
  const side = quick ? 256 : 512;
  const base = { name: shape, dir, side, dtype, methods: ['gd', 'ps'], limits: null, words: '' };
  const questions = quick ? 2 : 3;
  /** @type {{ours: number[], theirs: number[]}} */
  const seconds = { ours: [], theirs: [] };
  let versions = '';
  for (let turn = 0; turn < TURNS; turn++) {
    // One question more, answered the naive way too: it says how many tokens a forward has, and warms up.
    const on = { executable, device: 'wasm', threads };
    const found = await measure({ ...base, groups: Array(questions).fill(1), naive: 1 }, on);
    const tokens = Math.round(found.naiveWork.tokens / found.naiveWork.prefills);
    seconds.ours.push(found.oursTotal / 1000 / questions);
    const program = join(ROOT, 'bench', 'pytorch_scoring.py');
    const given = [program, join(dir, 'config.json'), threads, questions, tokens].map(String);
    const said = JSON.parse(execFileSync(python, given, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
    seconds.theirs.push(...said.seconds);
    versions = `torch ${said.torch}, transformers ${said.transformers}`;
    process.stdout.write(
      `turn ${turn + 1}: ours ${seconds.ours.at(-1)?.toFixed(1)} s, PyTorch ${mean(said.seconds).toFixed(1)} s\n`,
    );
  }
  const [ours, theirs] = [mean(seconds.ours), mean(seconds.theirs)];
  return [
    `GD and PS of single questions, fp32, a model of the shape of ${shape} with random weights: ours in headless Chromium on WASM beside the published algorithm`,
    `(three full forwards a question, the image encoded in each) in PyTorch (${versions}), ${threads} threads each, ${TURNS} turns in one run.`,
    '',
    table(
      ['model', 'seconds a question: ours', 'PyTorch', 'PyTorch / ours'],
      [[shape, ours.toFixed(2), theirs.toFixed(2), (theirs / ours).toFixed(2)]],
    ),
  ].join('\n');
}
