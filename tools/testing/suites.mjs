import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { words } from '../say.mjs';
import { ensureBuilt, ensureChromium } from '../setup/setup.mjs';
import { browserOutcome, unitOutcome } from './outcome.mjs';
import { CACHE, bin, node } from './process.mjs';

/* What runs the code: unit tests in Node, and tests that need a browser. */

/** @typedef {import('./outcome.mjs').Outcome} Outcome */

const VITEST = bin('vitest/vitest.mjs');
const PLAYWRIGHT = bin('@playwright/test/cli.js');

/**
 * A test runner's outcome from its JSON report; a report that is missing, empty or unreadable is a failure.
 * @param {string} name
 * @param {string} file
 * @param {number} code
 * @param {(report: any) => Outcome} read
 * @returns {Outcome}
 */
function reported(name, file, code, read) {
  /** @type {Outcome} */
  let found = { passed: 0, failed: 0, failures: [] };
  let unread = '';
  try {
    found = read(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    unread = `${name}: no report (${words(error)})`;
  }
  rmSync(file, { force: true });
  if (found.failed > 0 || (code === 0 && found.passed > 0)) return found;
  const why = unread || `${name}: ${found.passed === 0 ? 'no test ran' : `ended with ${code}`}`;
  process.stdout.write(`${why}\n`);
  return { passed: found.passed, failed: 1, failures: [...found.failures, why] };
}

/** The unit tests, with the coverage that is asked of src/run. */
export async function unit() {
  const report = join(CACHE, `unit-${process.pid}.json`);
  const run = await node([VITEST, 'run', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`], {
    show: true,
  });
  return reported('unit tests', report, run.code, unitOutcome);
}

/** The tests of a folder that need a browser. A test is never tried again: one that passes the second time has failed. */
export async function browser(/** @type {'browser' | 'soak' | 'browsers'} */ folder) {
  await ensureBuilt();
  const report = join(CACHE, `browser-${process.pid}.json`);
  const env = { CHROME_PATH: await ensureChromium(), LOOKALIKE_REPORT: report, LOOKALIKE_SUITE: folder };
  const run = await node([PLAYWRIGHT, 'test'], { show: true, env });
  return reported('browser tests', report, run.code, browserOutcome);
}
