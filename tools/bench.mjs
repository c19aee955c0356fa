/**
 * `npm run bench`: Lookalike beside the published algorithm written plainly on transformers.js (bench/naive.worker.ts): same model, device, threads and
 * questions, one run, by turns. Writes bench/RESULTS.md.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openBrowser } from './browser.mjs';
import { Stop, runMain } from './say.mjs';
import { mountFolder, serve } from './server.mjs';
import { ROOT, ensureBuilt, ensureChromium, ensureInstalled } from './setup.mjs';

const HELP = `npm run bench [-- --quick]

Ours beside the published algorithm, by turns. Real shapes with random weights are made by Python where numpy and onnx are there
(Debian: python3-onnx; else: pip install onnx numpy); without them only the demo model is measured.

  --quick        fewer questions
  --device NAME  wasm (default) or webgpu
`;

/** @typedef {{name: string, dir: string, side: number, dtype: Record<string, string>, groups: number[], naive: number, methods: string[], limits: {mc: number, ff: number} | null, words: string}} Case */

/**
 * A folder with the exact shapes of a real model and random weights; null where Python cannot make it.
 * @param {string} shape
 */
function shapeModel(shape) {
  const out = join(ROOT, '.cache', 'shapes', shape);
  if (existsSync(join(out, 'processor_config.json'))) return out;
  mkdirSync(out, { recursive: true });
  const program = join(ROOT, 'tools', 'shapes', 'make_shape_model.py');
  const tokenizer = join(ROOT, 'public', 'models', 'phantom-vlm');
  for (const python of ['python3', '/usr/bin/python3', 'python'])
    try {
      execFileSync(python, [program, shape, out, '--dtype', 'q4', '--tokenizer', tokenizer], { stdio: 'ignore' });
      return out;
    } catch {
      continue; // this Python lacks numpy or onnx
    }
  return null;
}

/** MediConfusion's shape, a seventeenth of it: images recur, one of them four times. */
const RECURRING = [4, 3, 2, 2, 1, 1, 2, 1, 1, 1, 2, 1, 1];

/**
 * @param {boolean} quick
 * @returns {Case[]}
 */
function cases(quick) {
  const fp32 = { vision_encoder: 'fp32', embed_tokens: 'fp32', decoder_model_merged: 'fp32' };
  const q4 = { vision_encoder: 'q4', embed_tokens: 'fp32', decoder_model_merged: 'q4' };
  const demo = join(ROOT, 'public', 'models', 'phantom-vlm');
  const n = quick ? 4 : 12;
  /** @type {Case[]} */
  const list = [
    {
      name: 'demo',
      dir: demo,
      side: 128,
      dtype: fp32,
      groups: Array(n).fill(1),
      naive: n,
      methods: ['gd', 'ps'],
      limits: null,
      words: 'GD+PS, single questions',
    },
  ];
  const real = shapeModel('smolvlm-256m');
  if (real === null) return list;
  const name = 'SmolVLM-256M shape, q4';
  const few = quick ? 2 : 5;
  const base = { name, dir: real, side: 512, dtype: q4 };
  list.push({
    ...base,
    groups: Array(few).fill(1),
    naive: few,
    methods: ['gd', 'ps'],
    limits: null,
    words: 'GD+PS, single questions',
  });
  list.push({
    ...base,
    groups: quick ? [3, 1, 2] : RECURRING,
    naive: quick ? 2 : 4,
    methods: ['gd', 'ps'],
    limits: null,
    words: 'GD+PS, images recur',
  });
  list.push({
    ...base,
    groups: Array(few).fill(1),
    naive: few,
    methods: ['gd', 'ps', 'mc', 'ff'],
    limits: { mc: 2, ff: 12 },
    words: 'GD+PS+MC+FF (answers of 2 and 12 tokens), single questions',
  });
  return list;
}

/**
 * @param {number[]} values
 */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/**
 * Seconds from opening the page to the demo's first stored score.
 * @param {string} url
 * @param {string} executable
 */
async function coldStart(url, executable) {
  const browser = await openBrowser(executable);
  try {
    const { page } = browser;
    let first = 0;
    let ready = () => {};
    const opened = new Promise((/** @type {(v: void) => void} */ resolve) => (ready = resolve));
    await page.exposeBinding('lookalikeReport', (_s, /** @type {{type: string}} */ event) => {
      if (event.type === 'ready') ready();
      if (event.type === 'records' && first === 0) first = performance.now();
    });
    const began = performance.now();
    await page.goto(`${url}?drive`);
    await opened;
    const request = {
      benchmark: { base: 'drive/benchmark/', name: 'phantoms' },
      model: { base: 'models/phantom-vlm/', name: 'phantom-vlm', revision: null },
      methods: ['gd', 'ps'],
      limits: null,
      prompts: { kind: 'default' },
      shots: null,
      judge: null,
      paraphrases: { kind: 'usual' },
      reading: { mcParser: 'published', ffGap: 3 },
      device: 'wasm',
      dtype: 'fp32',
      threads: 'auto',
      limit: 2,
      allowUncertified: false,
      command: 'bench',
      resume: null,
      imported: null,
    };
    await page.evaluate((r) => /** @type {any} */ (globalThis).lookalike.run(r), request);
    return (first - began) / 1000;
  } finally {
    await browser.close();
  }
}

/**
 * @param {Case} c
 * @param {any} r
 */
function row(c, r) {
  const ratios = r.pairs.map((/** @type {{ours: number, naive: number}} */ p) => p.naive / p.ours);
  const perNaive =
    r.pairs.reduce((/** @type {number} */ n, /** @type {{naive: number}} */ p) => n + p.naive, 0) /
    Math.max(1, r.pairs.length);
  const overall = (perNaive * r.questions) / r.oursTotal;
  const tokens = r.work.prefillTokens + r.work.suffixTokens + r.work.decodeTokens;
  const mb = (/** @type {number} */ b) => (b / 2 ** 20).toFixed(0);
  return [
    c.name,
    c.words,
    `${r.questions} on ${c.groups.length} images (${r.naiveQuestions} naive)`,
    median(ratios).toFixed(2),
    overall.toFixed(2),
    `${r.work.imageEncodes} / ${r.naiveWork.imageEncodes}`,
    `${r.work.prefills + r.work.suffixes} / ${r.naiveWork.prefills}`,
    `${tokens} / ${r.naiveWork.tokens}`,
    ((tokens * 1000) / r.oursTotal).toFixed(0),
    r.largestDifference.toExponential(1),
    `${mb(r.heapPeak)} / ${mb(r.wasmPeak)} / ${mb(r.gpuPeak)}`,
  ];
}

const HEAD = [
  'model',
  'work',
  'questions',
  'ratio, median question',
  'ratio, whole set',
  'encodes, ours / naive',
  'decoder runs',
  'tokens',
  'tokens a second',
  'largest difference in score',
  'MB: JS heap / wasm / GPU',
];

async function main() {
  const { values } = parseArgs({
    options: { quick: { type: 'boolean' }, device: { type: 'string', default: 'wasm' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (values.device !== 'wasm' && values.device !== 'webgpu') throw new Stop('--device is wasm or webgpu.', 2);
  await ensureInstalled();
  await ensureBuilt();
  const executable = await ensureChromium();
  const { build } = await import('vite');
  await build({ configFile: join(ROOT, 'bench', 'vite.config.ts'), logLevel: 'warn' });
  const threads = cpus().length;
  /** @type {string[][]} */
  const rows = [];
  for (const c of cases(values.quick === true)) {
    const server = await serve({
      root: join(ROOT, '.cache', 'bench-dist'),
      port: 0,
      mounts: [await mountFolder('model', c.dir)],
    });
    const browser = await openBrowser(executable);
    try {
      await browser.page.goto(server.url);
      await browser.page.waitForFunction(() => 'bench' in globalThis);
      const { dtype, side, groups, naive, methods, limits } = c;
      const request = { dtype, device: values.device, threads, side, groups, naive, methods, limits };
      const result = await browser.page.evaluate(async (r) => {
        const base = new URL('model/', location.href).href;
        const listed = await (await fetch(`${base}index.json`)).json();
        const files = Array.isArray(listed) ? listed : listed.files;
        return /** @type {any} */ (globalThis).bench({ ...r, base, files });
      }, request);
      rows.push(row(c, result));
      process.stdout.write(`${rows.at(-1)?.join(' | ')}\n`);
    } finally {
      await browser.close();
      await server.close();
    }
  }
  const phantoms = join(ROOT, 'public', 'benchmarks', 'phantoms');
  const mounts = [await mountFolder('drive/benchmark', phantoms)];
  const dist = await serve({ root: join(ROOT, 'dist'), port: 0, mounts });
  const cold = [];
  for (let i = 0; i < 3; i++) cold.push(await coldStart(dist.url, executable));
  await dist.close();
  const text = report(rows, cold, threads, values.device);
  writeFileSync(join(ROOT, 'bench', 'RESULTS.md'), text);
  process.stdout.write(`\n${text}`);
  return 0;
}

/**
 * @param {string[][]} rows
 * @param {number[]} cold
 * @param {number} threads
 * @param {string} device
 */
function report(rows, cold, threads, device) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(' | ')} |`;
  return [
    '# Bench',
    '',
    'Made by `npm run bench`: Lookalike beside the published algorithm written plainly on transformers.js (a full forward for GD and one for each PS option,',
    'the image encoded each time), same model, device, threads and questions, one run, by turns. Naive takes long, so it answers a sample; the table says how many.',
    'A ratio of 2 means that ours takes half the time.',
    '',
    `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model ?? 'unknown processor'}, ${threads} threads, ${device}.`,
    '',
    line(HEAD),
    line(HEAD.map(() => '---')),
    ...rows.map(line),
    '',
    `Cold start, page opened to the demo's first score (WASM, certificate made on the way): ${cold.map((s) => `${s.toFixed(1)} s`).join(', ')}.`,
    '',
  ].join('\n');
}

if (process.argv[1]?.endsWith('bench.mjs')) await runMain(main);
