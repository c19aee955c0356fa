/**
 * `npm test`: lint, types, unit tests, browser tests; the last line is `N passed, N failed` over all of them.
 * `npm run test:soak` (--soak) runs what takes long, `npm run test:browsers` (--browsers) the demo in Firefox and WebKitGTK. A check that passes counts one, each of its findings counts one failure.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Stop, runMain, words } from './say.mjs';
import { ROOT, ensureBuilt, ensureChromium, ensureInstalled } from './setup/setup.mjs';

/** @typedef {{passed: number, failed: number}} Count */

const CACHE = join(ROOT, '.cache');

/** Path of the program of an installed package. */
function bin(/** @type {string} */ path) {
  return join(ROOT, 'node_modules', path);
}

const ESLINT = bin('eslint/bin/eslint.js');
const PRETTIER = bin('prettier/bin/prettier.cjs');
const SVELTE_CHECK = bin('svelte-check/bin/svelte-check');
const TSC = bin('typescript/bin/tsc');
const VITEST = bin('vitest/vitest.mjs');
const PLAYWRIGHT = bin('@playwright/test/cli.js');

/**
 * Runs a Node program in the root; what it says is shown as it comes when `show`, and returned.
 * @param {readonly string[]} args
 * @param {{show?: boolean, env?: Record<string, string>}} [options]
 * @returns {Promise<{code: number, output: string}>}
 */
function node(args, { show = false, env = {} } = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
        if (show) process.stdout.write(chunk);
      });
    }
    child.on('error', (error) => resolve({ code: 127, output: output + error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/**
 * One check's count from how many findings it has; its output is shown only when there are some.
 * @param {string} name
 * @param {{code: number, output: string}} run
 * @param {number} findings
 * @returns {Count}
 */
function checked(name, run, findings) {
  const failed = run.code === 0 ? 0 : Math.max(1, findings);
  process.stdout.write(
    failed === 0
      ? `${name}: clean\n`
      : `${name}: ${failed} finding${failed === 1 ? '' : 's'}\n${run.output.trimEnd()}\n`,
  );
  return { passed: failed === 0 ? 1 : 0, failed };
}

/** How often a pattern stands in a text. */
function count(/** @type {string} */ text, /** @type {RegExp} */ pattern) {
  return text.match(pattern)?.length ?? 0;
}

async function lint() {
  const run = await node([ESLINT, '.']);
  return checked('eslint', run, count(run.output, /^\s+\d+:\d+\s+error\b/gm));
}

async function format() {
  const run = await node([PRETTIER, '--check', '.', '--log-level', 'warn']);
  return checked('prettier', run, count(run.output, /^\[warn\] (?!Code style)/gm));
}

/** svelte-check covers TypeScript and Svelte files alike. */
async function types() {
  const run = await node([SVELTE_CHECK, '--tsconfig', './tsconfig.json', '--fail-on-warnings', '--output', 'machine']);
  return checked('svelte-check', run, count(run.output, /^\d+ (ERROR|WARNING) "/gm));
}

/** The programs behind the npm commands, checked by their JSDoc types. */
async function toolTypes() {
  const run = await node([TSC, '--noEmit', '-p', 'tsconfig.tools.json']);
  return checked('tsc of tools', run, count(run.output, /: error TS\d+:/g));
}

/** svelte-check can say nothing at all in some set-ups: it must still find an error put before it. */
async function typesCanary() {
  const folder = join(CACHE, 'canary');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'Canary.svelte'),
    '<script lang="ts">const song: number = "not a number";</script>\n<p>{song}</p>\n',
  );
  writeFileSync(join(folder, 'canary.ts'), 'export const song: number = "not a number";\n');
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ extends: '../../tsconfig.json', include: ['.'] }));
  try {
    const run = await node([
      SVELTE_CHECK,
      '--workspace',
      folder,
      '--tsconfig',
      join(folder, 'tsconfig.json'),
      '--output',
      'machine',
    ]);
    const found = ['Canary.svelte', 'canary.ts'].filter((file) =>
      new RegExp(`ERROR "${file.replace('.', '\\.')}"`).test(run.output),
    );
    const blind = found.length < 2 || run.code === 0;
    return checked(
      'svelte-check canary',
      { code: blind ? 1 : 0, output: `Errors put before svelte-check were not found:\n${run.output}` },
      1,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * A test runner's count from its JSON report; a report that is missing, empty or unreadable is a failure.
 * @param {string} name
 * @param {string} file
 * @param {number} code
 * @param {(report: any) => Count} read
 * @returns {Count}
 */
function reported(name, file, code, read) {
  let found = { passed: 0, failed: 0 };
  try {
    found = read(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    process.stdout.write(`${name}: no report (${words(error)})\n`);
  }
  rmSync(file, { force: true });
  if (found.failed === 0 && (code !== 0 || found.passed === 0)) {
    process.stdout.write(`${name}: ${found.passed === 0 ? 'no test ran' : `ended with ${code}`}\n`);
    return { passed: found.passed, failed: 1 };
  }
  return found;
}

async function unit() {
  const report = join(CACHE, `unit-${process.pid}.json`);
  const run = await node([VITEST, 'run', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`], {
    show: true,
  });
  return reported('unit tests', report, run.code, (r) => ({ passed: r.numPassedTests, failed: r.numFailedTests }));
}

/** The tests of a folder that need a browser. A test is never tried again: one that passes the second time has failed. */
async function browser(/** @type {'browser' | 'soak' | 'browsers'} */ folder) {
  await ensureBuilt();
  const env = /** @type {Record<string, string>} */ ({ CHROME_PATH: await ensureChromium() });
  const report = join(CACHE, `browser-${process.pid}.json`);
  env['LOOKALIKE_REPORT'] = report;
  env['LOOKALIKE_SUITE'] = folder;
  const run = await node([PLAYWRIGHT, 'test'], { show: true, env });
  return reported('browser tests', report, run.code, ({ stats, errors }) => ({
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + (stats.unexpected === 0 ? errors.length : 0),
  }));
}

/** A suite that cannot even start is one failure, not the end of the others. */
async function guarded(/** @type {string} */ name, /** @type {() => Promise<Count>} */ suite) {
  const from = Date.now();
  process.stdout.write(`\n== ${name} ==\n`);
  try {
    return await suite();
  } catch (error) {
    process.stdout.write(`${name}: ${words(error)}\n`);
    return { passed: 0, failed: 1 };
  } finally {
    process.stdout.write(`(${((Date.now() - from) / 1000).toFixed(0)} s)\n`);
  }
}

/** The suites of a run, in order. @returns {Array<[string, () => Promise<Count>]>} */
function suites(/** @type {{soak?: boolean, browsers?: boolean}} */ asked) {
  if (asked.soak) return [['soak', () => browser('soak')]];
  if (asked.browsers) return [['browsers', () => browser('browsers')]];
  return [
    ['lint', lint],
    ['format', format],
    ['types', types],
    ['tool types', toolTypes],
    ['types canary', typesCanary],
    ['unit', unit],
    ['browser', () => browser('browser')],
  ];
}

async function main() {
  const options = /** @type {const} */ ({
    soak: { type: 'boolean' },
    browsers: { type: 'boolean' },
    only: { type: 'string' },
  });
  const { values } = parseArgs({ options });
  await ensureInstalled();
  mkdirSync(CACHE, { recursive: true });
  const chosen = suites(values).filter(([name]) => !values.only || values.only.split(',').includes(name));
  if (chosen.length === 0)
    throw new Stop(`There is nothing to run${values.only ? ` by the name ${values.only}` : ''}.`, 2);
  const total = { passed: 0, failed: 0 };
  for (const [name, suite] of chosen) {
    const { passed, failed } = await guarded(name, suite);
    total.passed += passed;
    total.failed += failed;
  }
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
  return total.failed === 0 ? 0 : 1;
}

await runMain(main);
