/** A text model's 4-bit weights beside its fp32 ones on WASM, by turns. */
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { openBrowser } from '../drive/browser.mjs';
import { mountFolder, serve } from '../serve/server.mjs';
import { ROOT } from '../setup/setup.mjs';
import { watchMemory } from './memory.mjs';
import { table } from './table.mjs';

/** Turns; in each, every dtype in a browser of its own. */
const TURNS = 3;
const DTYPES = ['fp32', 'q4'];

/** @typedef {import('../../bench/text.ts').TextBenchResult & {peak: number | null}} Measured */

/**
 * @param {{dir: string, quick: boolean, executable: string}} options
 * @returns {Promise<string>} the section of bench/RESULTS.md
 */
export async function benchText({ dir, quick, executable }) {
  const { build } = await import('vite');
  await build({ configFile: join(ROOT, 'bench', 'vite.config.ts'), logLevel: 'warn' });
  const load = loadavg()[0];
  /** @type {Map<string, Measured[]>} */
  const found = new Map(DTYPES.map((d) => [d, []]));
  for (let turn = 0; turn < (quick ? 1 : TURNS); turn++)
    for (const dtype of DTYPES) {
      const one = await measure({ dir, dtype, tokens: quick ? 16 : 48 }, executable);
      found.get(dtype)?.push(one);
      process.stdout.write(`turn ${turn + 1}, ${dtype}: ${perToken(one).toFixed(0)} ms a token\n`);
    }
  const best = (/** @type {string} */ d, /** @type {(m: Measured) => number} */ of) =>
    Math.min(...(found.get(d) ?? []).map(of));
  const rows = DTYPES.map((dtype) => {
    const all = found.get(dtype) ?? [];
    const [first] = all;
    return [
      dtype,
      all.map((m) => perToken(m).toFixed(0)).join(', '),
      (best(dtype, perToken) / best('fp32', perToken)).toFixed(2),
      all.map((m) => perPromptToken(m).toFixed(1)).join(', '),
      (best(dtype, perPromptToken) / best('fp32', perPromptToken)).toFixed(2),
      all.map((m) => m.load.toFixed(1)).join(', '),
      String(first?.unpacked ?? 0),
      Math.max(...all.map((m) => (m.peak ?? 0) / 2 ** 30)).toFixed(1),
    ];
  });
  return [
    `A text model's replies of ${found.get('fp32')?.[0]?.tokens ?? 0} tokens behind a prompt of ${found.get('fp32')?.[0]?.promptTokens ?? 0} on WASM, ${cpus().length} threads, in headless Chromium, a browser for each, by turns in one run`,
    `(load of the machine at its beginning: ${load?.toFixed(1)}). Ratios are of the fastest turns. Memory is the peak of the browser with all its processes.`,
    '',
    table(
      [
        'weights',
        'ms a new token',
        'of fp32',
        'ms a prompt token',
        'of fp32',
        'seconds to load',
        'matrices unpacked',
        'GB',
      ],
      rows,
    ),
  ].join('\n');
}

const perToken = (/** @type {Measured} */ m) => (m.decodeSeconds * 1000) / m.tokens;
const perPromptToken = (/** @type {Measured} */ m) => (m.promptSeconds * 1000) / m.promptTokens;

/**
 * @param {{dir: string, dtype: string, tokens: number}} what
 * @param {string} executable
 * @returns {Promise<Measured>}
 */
async function measure({ dir, dtype, tokens }, executable) {
  const server = await serve({
    root: join(ROOT, '.cache', 'bench-dist'),
    port: 0,
    mounts: [await mountFolder('model', dir)],
  });
  const browser = await openBrowser(executable);
  const stop = watchMemory(process.pid);
  try {
    await browser.page.goto(server.url);
    await browser.page.waitForFunction(() => 'benchText' in globalThis);
    const request = { dtype, tokens, threads: cpus().length };
    const result = await browser.page.evaluate(async (r) => {
      const base = new URL('model/', location.href).href;
      const listed = await (await fetch(`${base}index.json`)).json();
      return /** @type {any} */ (globalThis).benchText({ ...r, base, files: listed });
    }, request);
    return { ...result, peak: stop() };
  } finally {
    stop();
    await browser.close();
    await server.close();
  }
}
