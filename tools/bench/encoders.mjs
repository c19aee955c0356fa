/** Embedding of images beside ONNX Runtime for Python: the same graphs, images and threads, by turns. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { openBrowser } from '../drive/browser.mjs';
import { Stop, note } from '../say.mjs';
import { mountFolder, serve } from '../serve/server.mjs';
import { ROOT } from '../setup/setup.mjs';
import { pythonWith } from './python.mjs';
import { table } from './table.mjs';

/** @typedef {{name: string, dir: string, count: number}} Encoder */
/** @typedef {{seconds: number, embeddings: number[][], version: string}} Ours */
/** @typedef {{seconds: number, graphSeconds: number, embeddings: number[][], versions: string}} Theirs */

const IMAGES = join(ROOT, 'public', 'benchmarks', 'phantoms', 'data', 'images');
const TURNS = 3;

/**
 * @param {boolean} quick
 * @returns {Encoder[]}
 */
function encoders(quick) {
  const demo = (/** @type {string} */ name) => ({ name, dir: join(ROOT, 'public', 'models', name), count: 100 });
  const large = vitB();
  if (large === null) note('No Python with numpy and onnx is here: no model of the shape of ViT-B/16 is measured.');
  const real = large === null ? [] : [{ name: 'ViT-B/16 shape, random weights', dir: large, count: quick ? 8 : 24 }];
  return [demo('phantom-clip'), demo('phantom-dino'), ...real];
}

/** A folder of the shape of ViT-B/16, made once; null where Python cannot make it. */
function vitB() {
  const out = join(ROOT, '.cache', 'shapes', 'vit-b');
  if (existsSync(join(out, 'preprocessor_config.json'))) return out;
  const python = pythonWith(['numpy', 'onnx']);
  if (python === null) return null;
  execFileSync(python, [join(ROOT, 'tools', 'make', 'shapes', 'make_vit.py'), out], { stdio: 'ignore' });
  return out;
}

/**
 * Ours, in a browser of its own that ends behind it: nothing of it runs while Python is measured.
 * @param {Encoder} encoder
 * @param {{executable: string, threads: number}} on
 * @returns {Promise<Ours>}
 */
async function ours({ dir, count }, { executable, threads }) {
  const mounts = [await mountFolder('model', dir), await mountFolder('images', IMAGES)];
  const server = await serve({ root: join(ROOT, '.cache', 'bench-dist'), port: 0, mounts });
  const browser = await openBrowser(executable);
  try {
    await browser.page.goto(server.url);
    await browser.page.waitForFunction(() => 'benchEncoders' in globalThis);
    const request = { model: 'model', images: 'images', threads, count };
    return await browser.page.evaluate((r) => /** @type {any} */ (globalThis).benchEncoders(r), request);
  } finally {
    await browser.close();
    await server.close();
  }
}

/**
 * @param {string} python
 * @param {Encoder} encoder
 * @param {number} threads
 * @returns {Theirs}
 */
function theirs(python, { dir, count }, threads) {
  const given = [join(ROOT, 'bench', 'onnxruntime_encoding.py'), dir, IMAGES, threads, count].map(String);
  return JSON.parse(execFileSync(python, given, { encoding: 'utf8', maxBuffer: 2 ** 28 }));
}

/**
 * The largest 1 - cosine between what both make of the same images.
 * @param {number[][]} a
 * @param {number[][]} b
 */
function apart(a, b) {
  const dot = (/** @type {number[]} */ x, /** @type {number[]} */ y) => x.reduce((s, v, i) => s + v * (y[i] ?? 0), 0);
  return Math.max(...a.map((x, i) => 1 - dot(x, b[i] ?? []) / Math.sqrt(dot(x, x) * dot(b[i] ?? [], b[i] ?? []))));
}

/** @param {readonly number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/**
 * @param {string} python
 * @param {Encoder} encoder
 * @param {{executable: string, threads: number}} on
 */
async function measured(python, encoder, on) {
  /** @type {{ours: number[], whole: number[], graph: number[]}} */
  const rates = { ours: [], whole: [], graph: [] };
  let [worst, versions] = [0, ''];
  for (let turn = 0; turn < TURNS; turn++) {
    const mine = await ours(encoder, on);
    const other = theirs(python, encoder, on.threads);
    rates.ours.push(encoder.count / mine.seconds);
    rates.whole.push(encoder.count / other.seconds);
    rates.graph.push(encoder.count / other.graphSeconds);
    worst = Math.max(worst, apart(mine.embeddings, other.embeddings));
    versions = `onnxruntime-web ${mine.version}; ${other.versions}`;
  }
  const [own, whole, graph] = [median(rates.ours), median(rates.whole), median(rates.graph)];
  const row = [encoder.name, String(encoder.count), own, whole, graph, whole / own, worst.toExponential(1)];
  return { row: row.map((cell) => (typeof cell === 'number' ? cell.toPrecision(3) : cell)), versions };
}

const HEAD = [
  'encoder',
  'images',
  'images a second: ours',
  'Python',
  'Python, graph alone',
  'Python / ours',
  'largest 1 - cosine',
];

/**
 * @param {{quick: boolean, executable: string}} options
 * @returns {Promise<string>} the section of bench/RESULTS.md
 */
export async function benchEncoders({ quick, executable }) {
  const python = pythonWith(['onnxruntime', 'numpy', 'PIL']);
  if (python === null)
    throw new Stop('bench --encoders needs a Python with ONNX Runtime: pip install onnxruntime numpy pillow.', 2);
  const { build } = await import('vite');
  await build({ configFile: join(ROOT, 'bench', 'vite.config.ts'), logLevel: 'warn' });
  const threads = cpus().length;
  /** @type {string[][]} */
  const rows = [];
  let libraries = '';
  for (const encoder of encoders(quick)) {
    const { row, versions } = await measured(python, encoder, { executable, threads });
    rows.push(row);
    libraries = versions;
    process.stdout.write(`${row.join(' | ')}\n`);
  }
  return [
    'Image files in memory to embeddings (PNG of 128 x 128 pixels, batches of 8): ours in headless Chromium on WASM beside ONNX Runtime for Python with Pillow and NumPy',
    `(bench/onnxruntime_encoding.py), the same graph, images and ${threads} threads, ${TURNS} turns, the median of each (${libraries}).`,
    '',
    table(HEAD, rows),
  ].join('\n');
}
