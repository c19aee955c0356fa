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
const FP32 = { vision_encoder: 'fp32', embed_tokens: 'fp32', decoder_model_merged: 'fp32' };

/** What a question is asked, and how it stands in the table. */
const WORKS = [
  { methods: ['gd', 'ps'], limits: null, words: 'GD and PS' },
  { methods: ['gd', 'ps', 'mc', 'ff'], limits: { mc: 2, ff: 12 }, words: 'all four (answers of 2 and 12 tokens)' },
];

/** @param {readonly number[]} all */
const mean = (all) => all.reduce((n, x) => n + x, 0) / all.length;

/**
 * One turn: seconds a question of ours and of PyTorch, each without its first question, which warms up.
 * @param {{methods: string[], limits: {mc: number, ff: number} | null, words: string}} work
 * @param {{shape: string, dir: string, side: number, questions: number, python: string, executable: string}} on
 */
async function turn(work, { shape, dir, side, questions, python, executable }) {
  const threads = cpus().length;
  const groups = Array(questions + 1).fill(1);
  const { methods, limits, words } = work;
  const asked = { name: shape, dir, side, dtype: FP32, groups, methods, limits, words };
  // One question is answered the naive way too: it says how many tokens a forward has.
  const found = await measure({ ...asked, naive: 1 }, { executable, device: 'wasm', threads });
  const { tokens: all, prefills } = found.naiveWork;
  const answers = limits === null ? [] : [limits.mc, limits.ff];
  const tokens = Math.round((all - answers.reduce((n, x) => n + x, 0)) / prefills);
  const program = join(ROOT, 'bench', 'pytorch_scoring.py');
  const given = [program, join(dir, 'config.json'), threads, questions, tokens, ...answers].map(String);
  const said = JSON.parse(execFileSync(python, given, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  return {
    ours: found.groupTimes.slice(1).map((/** @type {number} */ ms) => ms / 1000),
    theirs: said.seconds,
    versions: `torch ${said.torch}, transformers ${said.transformers}`,
  };
}

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
  const on = { shape, dir, side: quick ? 256 : 512, questions: quick ? 2 : 3, python, executable };
  /** @type {string[][]} */
  const rows = [];
  let versions = '';
  for (const work of WORKS) {
    /** @type {{ours: number[], theirs: number[]}} */
    const seconds = { ours: [], theirs: [] };
    for (let i = 0; i < TURNS; i++) {
      const found = await turn(work, on);
      seconds.ours.push(...found.ours);
      seconds.theirs.push(...found.theirs);
      versions = found.versions;
      const [ours, theirs] = [mean(found.ours).toFixed(2), mean(found.theirs).toFixed(2)];
      process.stdout.write(`${work.words}, turn ${i + 1}: ours ${ours} s, PyTorch ${theirs} s\n`);
    }
    const [ours, theirs] = [mean(seconds.ours), mean(seconds.theirs)];
    rows.push([shape, work.words, ours.toFixed(2), theirs.toFixed(2), (theirs / ours).toFixed(2)]);
  }
  return [
    `Single questions, fp32, a model of the shape of ${shape} with random weights: ours in headless Chromium on WASM beside the published algorithm`,
    `(a full forward for GD, one for each PS option, one generate for MC and one for FF, the image encoded in each) in PyTorch (${versions}), ${cpus().length} threads each, ${TURNS} turns in one run,`,
    'the first question of each turn left out on both sides.',
    '',
    table(['model', 'methods', 'seconds a question: ours', 'PyTorch', 'PyTorch / ours'], rows),
  ].join('\n');
}
