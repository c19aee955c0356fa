/** Pair discovery beside NumPy and faiss-cpu on the same embeddings, by turns. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Stop, note } from '../say.mjs';
import { ROOT } from '../setup/setup.mjs';
import { watchMemory } from './memory.mjs';
import { pythonWith } from './python.mjs';
import { table } from './table.mjs';

/** @typedef {{candidates: number, found: number, near?: number, seconds: number, peakBytes: number | null}} Counted */

const SIZES = [10_000, 20_000, 40_000, 80_000];
const QUICK = [8_000];

/**
 * Made-up embeddings of so many images, kept for the next time.
 * @param {string} python
 * @param {number} rows
 */
function embeddings(python, rows) {
  const dir = join(ROOT, '.cache', 'pairs', String(rows));
  if (!existsSync(join(dir, 'gen.npy')))
    execFileSync(python, [join(ROOT, 'tools', 'make', 'pairs', 'embeddings.py'), dir, String(rows), '1'], {
      stdio: 'ignore',
    });
  return dir;
}

/**
 * Lookalike's own command in headless Chromium: the time of its search with the preparation of the embeddings, reading left out as for the others.
 * @param {string} dir
 * @returns {Promise<Counted>}
 */
async function ours(dir) {
  const out = join(ROOT, '.cache', 'pairs', 'out');
  rmSync(out, { recursive: true, force: true });
  const command = [
    join(ROOT, 'tools', 'lookalike.mjs'),
    'find-pairs',
    '--embeddings',
    dir,
    '--sample',
    '1',
    '--out',
    out,
  ];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'ignore', 'inherit'] });
  const stop = watchMemory(child.pid ?? 0);
  const code = await new Promise((resolve) => child.on('close', resolve));
  const peakBytes = stop();
  if (code !== 0) throw new Stop(`find-pairs ended with ${code}.`);
  const summary = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'));
  const { prepare, search } = summary.seconds;
  return { candidates: summary.candidates, found: summary.found, seconds: prepare + search, peakBytes };
}

/**
 * @param {string} python
 * @param {'numpy' | 'faiss'} how
 * @param {string} dir
 * @returns {Counted}
 */
function counted(python, how, dir) {
  return JSON.parse(execFileSync(python, [join(ROOT, 'bench', 'count_pairs.py'), how, dir], { encoding: 'utf8' }));
}

/**
 * @param {{quick: boolean}} options
 * @returns {Promise<string>} the section of bench/RESULTS.md
 */
export async function benchPairs({ quick }) {
  const python = pythonWith(['numpy']);
  if (python === null) throw new Stop('bench --pairs needs a Python with NumPy: pip install numpy.', 2);
  const faiss = pythonWith(['numpy', 'faiss']);
  if (faiss === null) note('faiss-cpu is not installed: NumPy alone is measured beside ours.');
  /** @type {string[][]} */
  const rows = [];
  for (const n of quick ? QUICK : SIZES) {
    const dir = embeddings(python, n);
    const mine = await ours(dir);
    const theirs = counted(python, 'numpy', dir);
    const other = faiss === null ? null : counted(faiss, 'faiss', dir);
    const row = rowOf(n, mine, theirs, other);
    rows.push(row);
    process.stdout.write(`${row.join(' | ')}\n`);
  }
  return [
    'Every pair of made-up embeddings (512 and 768 dimensions, tools/make/pairs/embeddings.py) with a medical cosine of at least 0.9 and a general one of at most 0.75:',
    'ours in headless Chromium beside NumPy and the range search of faiss-cpu (bench/count_pairs.py), by turns, the same cores; reading of the files left out. Counts may differ by',
    'the pairs that lie within 2e-6 of a threshold. Memory is the peak of the whole program; ours with Node and Chromium.',
    '',
    table(HEAD, rows),
  ].join('\n');
}

const HEAD = [
  'images',
  'pairs compared',
  'found: ours / NumPy (within 2e-6)',
  'seconds: ours',
  'NumPy',
  'faiss',
  'NumPy / ours',
  'MB: ours / NumPy / faiss',
];

/**
 * @param {number} n
 * @param {Counted} mine
 * @param {Counted} theirs
 * @param {Counted | null} other
 */
function rowOf(n, mine, theirs, other) {
  const seconds = (/** @type {Counted | null} */ c) => (c === null ? '–' : c.seconds.toFixed(1));
  const mb = (/** @type {Counted | null} */ c) => (c?.peakBytes ? (c.peakBytes / 2 ** 20).toFixed(0) : '–');
  return [
    String(n),
    String((n * (n - 1)) / 2),
    `${mine.found} / ${theirs.found} (${theirs.near})`,
    seconds(mine),
    seconds(theirs),
    seconds(other),
    (theirs.seconds / mine.seconds).toFixed(2),
    [mine, theirs, other].map(mb).join(' / '),
  ];
}
