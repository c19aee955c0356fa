/** A text model's 4-bit weights beside its fp32 ones on WASM, by turns. */
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { openBrowser } from '../drive/browser.mjs';
import { mountFolder, serve } from '../serve/server.mjs';
import { ROOT } from '../setup/setup.mjs';
import { watchMemory } from './memory.mjs';
import { table } from './table.mjs';

const DTYPES = ['fp32', 'q4'];

/** @typedef {import('../../bench/text.ts').TextTurn} Turn */
/** @typedef {import('../../bench/text.ts').TextBenchResult & {peak: number | null}} Measured */

/**
 * @param {{dir: string, quick: boolean, executable: string}} options
 * @returns {Promise<string>} the section of bench/RESULTS.md
 */
export async function benchText({ dir, quick, executable }) {
  const { build } = await import('vite');
  await build({ configFile: join(ROOT, 'bench', 'vite.config.ts'), logLevel: 'warn' });
  const load = loadavg()[0];
  /** @type {Measured[]} */
  const alone = [];
  for (const dtype of DTYPES) alone.push(await measure(dir, { dtypes: [dtype], turns: 1, tokens: 4 }, executable));
  const what = { dtypes: DTYPES, turns: quick ? 3 : 9, tokens: 12 };
  const both = await measure(dir, what, executable);
  const ratio = (/** @type {number} */ i, /** @type {keyof Turn} */ of) =>
    median((both.dtypes[i]?.turns ?? []).map((t, n) => t[of] / (both.dtypes[0]?.turns[n]?.[of] ?? NaN)));
  const rows = DTYPES.map((dtype, i) => {
    const of = (/** @type {keyof Turn} */ name) => median((both.dtypes[i]?.turns ?? []).map((t) => t[name]));
    return [
      dtype,
      of('reply').toFixed(0),
      ratio(i, 'reply').toFixed(2),
      of('prompt').toFixed(1),
      ratio(i, 'prompt').toFixed(2),
      String(both.dtypes[i]?.unpacked ?? 0),
      (alone[i]?.dtypes[0]?.load ?? NaN).toFixed(1),
      ((alone[i]?.peak ?? NaN) / 2 ** 30).toFixed(1),
    ];
  });
  return [
    `A text model on WASM, ${cpus().length} threads, headless Chromium: both weights loaded in one page, ${what.turns} turns, in each a prompt of ${both.promptTokens} tokens and a reply of ${what.tokens} by one and then by the other.`,
    `Times are medians, ratios medians of the ratios within a turn (load of the machine at the beginning: ${load?.toFixed(1)}). Loading and memory (peak of the browser with all its processes) are of each alone.`,
    '',
    table(
      [
        'weights',
        'ms a new token',
        'of fp32',
        'ms a prompt token',
        'of fp32',
        'matrices unpacked',
        'seconds to load',
        'GB',
      ],
      rows,
    ),
  ].join('\n');
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/**
 * @param {string} dir
 * @param {{dtypes: string[], turns: number, tokens: number}} what
 * @param {string} executable
 * @returns {Promise<Measured>}
 */
async function measure(dir, what, executable) {
  const mounts = [await mountFolder('model', dir)];
  const server = await serve({ root: join(ROOT, '.cache', 'bench-dist'), port: 0, mounts });
  const browser = await openBrowser(executable);
  const stop = watchMemory(process.pid);
  try {
    await browser.page.goto(server.url);
    await browser.page.waitForFunction(() => 'benchText' in globalThis);
    const result = await browser.page.evaluate(
      async (r) => {
        const base = new URL('model/', location.href).href;
        const files = await (await fetch(`${base}index.json`)).json();
        return /** @type {any} */ (globalThis).benchText({ ...r, base, files });
      },
      { ...what, threads: cpus().length },
    );
    process.stdout.write(`${what.dtypes.join(' and ')}: ${JSON.stringify(result.dtypes)}\n`);
    return { ...result, peak: stop() };
  } finally {
    stop();
    await browser.close();
    await server.close();
  }
}
