/**
 * `npm run conformance -- --pixels DIR`: a folder of image cases (cases.json and the files it names) against the app's own image worker, in a
 * headless browser. Prints each case that falls short; the last line is `N passed, N failed`.
 */
import { mkdtempSync, mkdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openBrowser } from './browser.mjs';
import { Stop, runMain, words } from './say.mjs';
import { mountFolder, serve } from './server.mjs';
import { ROOT, ensureChromium, ensureInstalled } from './setup.mjs';

const HELP = `npm run conformance -- --pixels DIR

Checks the app's image worker against a folder of cases, in a headless Chrome or Chromium of this machine.

  --pixels DIR   folder with cases.json: resize, decode, orient, normalize and hf cases, and the files they name
  --help         this text

Prints each case that falls short, and how; the last line is "N passed, N failed".
Exit codes: 0 all passed; 1 some fell short; 2 wrong arguments or an unreadable folder; 3 no browser could be had.
`;
const BAD = 2;
/** Cases handed to the page at once. */
const BATCH = 40;

/** @typedef {import('../test/conformance/case.ts').Verdict} Verdict */

/**
 * The folder of the command line, or null when help is asked for.
 * @param {readonly string[]} argv
 * @returns {string | null}
 */
export function parseConformance(argv) {
  let values;
  try {
    const options = /** @type {const} */ ({ pixels: { type: 'string' }, help: { type: 'boolean', short: 'h' } });
    values = parseArgs({ args: [...argv], options }).values;
  } catch (error) {
    throw new Stop(`${words(error).split('. ')[0]}. See npm run conformance -- --help.`, BAD);
  }
  if (values.help) return null;
  if (values.pixels === undefined || values.pixels === '')
    throw new Stop('Say which folder of cases to check: npm run conformance -- --pixels DIR', BAD);
  return resolve(values.pixels);
}

/**
 * The cases of a folder, as far as they are a list; each is looked at in the page.
 * @param {string} dir
 * @returns {readonly unknown[]}
 */
export function readCases(dir) {
  if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) throw new Stop(`There is no folder ${dir}.`, BAD);
  let text;
  try {
    text = readFileSync(join(dir, 'cases.json'), 'utf8');
  } catch {
    throw new Stop(`${dir} holds no cases.json: it is not a folder of image cases.`, BAD);
  }
  let parsed;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new Stop(`${join(dir, 'cases.json')} is not JSON: ${words(error)}`, BAD);
  }
  const cases = Array.isArray(parsed) ? parsed : parsed?.cases;
  if (!Array.isArray(cases)) throw new Stop(`${join(dir, 'cases.json')} has no list named "cases".`, BAD);
  if (cases.length === 0) throw new Stop(`${join(dir, 'cases.json')} lists no case.`, BAD);
  return cases;
}

/**
 * Builds the checking page, which holds the app's own worker.
 * @param {string} outDir
 */
async function buildPage(outDir) {
  const { build } = await import('vite');
  try {
    await build({
      configFile: false,
      root: join(ROOT, 'test', 'conformance'),
      base: './',
      logLevel: 'error',
      worker: { format: 'es' },
      build: { outDir, emptyOutDir: true, target: 'es2023', assetsInlineLimit: 0, chunkSizeWarningLimit: 2000 },
    });
  } catch (error) {
    throw new Stop(`The checking page could not be built: ${words(error)}`, 3);
  }
}

/**
 * Checks a folder of cases in the browser.
 * @param {string} dir
 * @param {(verdict: Verdict) => void} onVerdict called for each case, in order
 */
export async function checkFolder(dir, onVerdict) {
  const cases = readCases(dir);
  const cache = join(ROOT, '.cache');
  mkdirSync(cache, { recursive: true });
  const site = mkdtempSync(join(cache, 'conformance-'));
  try {
    await buildPage(site);
    const mounts = [await mountFolder('cases', dir)];
    const server = await serve({ root: realpathSync(site), port: 0, mounts });
    const browser = await openBrowser(await ensureChromium()).catch(async (error) => {
      await server.close();
      throw error;
    });
    try {
      await browser.page.goto(server.url);
      await browser.page.waitForFunction(() => 'checkCases' in globalThis);
      for (let from = 0; from < cases.length; from += BATCH) {
        const batch = cases.slice(from, from + BATCH);
        const verdicts = await browser.page.evaluate(
          (some) => /** @type {any} */ (globalThis).checkCases('cases/', some),
          batch,
        );
        verdicts.forEach(onVerdict);
      }
    } finally {
      await browser.close();
      await server.close();
    }
  } finally {
    rmSync(site, { recursive: true, force: true });
  }
}

async function main() {
  const dir = parseConformance(process.argv.slice(2));
  if (dir === null) {
    process.stdout.write(HELP);
    return 0;
  }
  readCases(dir);
  await ensureInstalled();
  let passed = 0;
  let failed = 0;
  await checkFolder(dir, ({ id, short }) => {
    if (short === '') passed++;
    else {
      failed++;
      process.stdout.write(`${id}: ${short}\n`);
    }
  });
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  void runMain(main);
