/** Scoring beside the published algorithm written plainly on transformers.js (bench/naive.worker.ts), by turns. */
import { cpus } from 'node:os';
import { join } from 'node:path';
import { openBrowser } from '../drive/browser.mjs';
import { mountFolder, serve } from '../serve/server.mjs';
import { ROOT } from '../setup/setup.mjs';
import { coldStarts } from './cold-start.mjs';
import { shapeModel } from './shape.mjs';
import { table } from './table.mjs';

/** @typedef {{name: string, dir: string, side: number, dtype: Record<string, string>, groups: number[], naive: number, methods: string[], limits: {mc: number, ff: number} | null, words: string}} Case */

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

/**
 * One case, ours and naive by turns in one page.
 * @param {Case} c
 * @param {{executable: string, device: string, threads: number}} on
 * @returns {Promise<any>} what bench/main.ts gives
 */
export async function measure(c, { executable, device, threads }) {
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
    const request = { dtype, device, threads, side, groups, naive, methods, limits };
    const result = await browser.page.evaluate(async (r) => {
      const base = new URL('model/', location.href).href;
      const listed = await (await fetch(`${base}index.json`)).json();
      const files = Array.isArray(listed) ? listed : listed.files;
      return /** @type {any} */ (globalThis).bench({ ...r, base, files });
    }, request);
    return result;
  } finally {
    await browser.close();
    await server.close();
  }
}

/**
 * @param {{quick: boolean, device: string, executable: string}} on
 * @returns {Promise<string>} the section of bench/RESULTS.md
 */
export async function benchScoring({ quick, device, executable }) {
  const { build } = await import('vite');
  await build({ configFile: join(ROOT, 'bench', 'vite.config.ts'), logLevel: 'warn' });
  const threads = cpus().length;
  /** @type {string[][]} */
  const rows = [];
  for (const c of cases(quick)) {
    const measured = row(c, await measure(c, { executable, device, threads }));
    rows.push(measured);
    process.stdout.write(`${measured.join(' | ')}\n`);
  }
  const cold = await coldStarts(executable);
  return [
    'Lookalike beside the published algorithm written plainly on transformers.js (a full forward for GD and one for each PS option,',
    'the image encoded each time), same model, device, threads and questions, one run, by turns. Naive takes long, so it answers a sample; the table says how many.',
    'A ratio of 2 means that ours takes half the time.',
    '',
    table(HEAD, rows),
    '',
    `Cold start, page opened to the demo's first score (WASM, certificate made on the way): ${cold.map((s) => `${s.toFixed(1)} s`).join(', ')}.`,
  ].join('\n');
}
