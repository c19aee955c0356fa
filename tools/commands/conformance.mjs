/**
 * `conformance --pixels DIR`: a folder of image cases (cases.json and the files it names) against the app's own image worker, in a
 * headless browser. Prints each case that falls short; the last line is `N passed, N failed`.
 */
import { mkdtempSync, mkdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text, wrong } from '../cli/kinds.mjs';
import { openBrowser } from '../drive/browser.mjs';
import { Stop, words } from '../say.mjs';
import { mountFolder, serve } from '../serve/server.mjs';
import { ROOT, ensureChromium, ensureInstalled } from '../setup/setup.mjs';

const BAD = 2;
/** Cases handed to the page at once. */
const BATCH = 40;

/** @typedef {import('../../test/support/conformance/case.ts').Verdict} Verdict */

/**
 * The cases of a folder, as far as they are a list; each is looked at in the page.
 * @param {string} dir
 * @returns {readonly unknown[]}
 */
function readCases(dir) {
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
      root: join(ROOT, 'test', 'support', 'conformance'),
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

function options() {
  return {
    pixels: text(
      'DIR',
      'folder with cases.json: resize, decode, orient, normalize and hf cases, and the files they name',
    ),
  };
}

/**
 * @param {import('../cli/types.ts').Values<ReturnType<typeof options>>} values
 * @param {readonly string[]} _positionals
 * @param {import('../cli/types.ts').Call} call
 */
async function run({ pixels }, _positionals, { here, called }) {
  if (pixels === null) throw wrong(`Say which folder of cases to check: ${called} --pixels DIR.`);
  const dir = resolve(here, pixels);
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

/** @satisfies {import('../cli/types.ts').Command<ReturnType<typeof options>>} */
export const command = {
  name: 'conformance',
  summary: "checks the app's image worker against a folder of cases",
  about: 'It runs in a headless Chrome or Chromium of this machine.',
  options,
  notes: `Prints each case that falls short, and how; the last line is "N passed, N failed".
Exit codes: 0 all passed; 1 some fell short; 2 wrong arguments or an unreadable folder; 3 no browser could be had.`,
  run,
};
