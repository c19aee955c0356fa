import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shortened } from './outcome.mjs';
import { CACHE, bin, node } from './process.mjs';

/* What reads the code without running it. A check that passes counts one, each of its findings counts one failure. */

/** @typedef {import('./outcome.mjs').Outcome} Outcome */

const ESLINT = bin('eslint/bin/eslint.js');
const PRETTIER = bin('prettier/bin/prettier.cjs');
const SVELTE_CHECK = bin('svelte-check/bin/svelte-check');
const TSC = bin('typescript/bin/tsc');

/**
 * One check's count from how many findings it has; its output is shown only when there are some.
 * @param {string} name
 * @param {{code: number, output: string}} run
 * @param {number} findings
 * @returns {Outcome}
 */
function checked(name, run, findings) {
  if (run.code === 0) {
    process.stdout.write(`${name}: clean\n`);
    return { passed: 1, failed: 0, failures: [] };
  }
  const failed = Math.max(1, findings);
  const summary = `${name}: ${failed} finding${failed === 1 ? '' : 's'}`;
  process.stdout.write(`${summary}\n${run.output.trimEnd()}\n`);
  return { passed: 0, failed, failures: [`${summary}\n${shortened(run.output)}`] };
}

/** How often a pattern stands in a text. */
function count(/** @type {string} */ text, /** @type {RegExp} */ pattern) {
  return text.match(pattern)?.length ?? 0;
}

export async function lint() {
  const run = await node([ESLINT, '.']);
  return checked('eslint', run, count(run.output, /^\s+\d+:\d+\s+error\b/gm));
}

export async function format() {
  const run = await node([PRETTIER, '--check', '.', '--log-level', 'warn']);
  return checked('prettier', run, count(run.output, /^\[warn\] (?!Code style)/gm));
}

/** svelte-check covers TypeScript and Svelte files alike. */
export async function types() {
  const run = await node([SVELTE_CHECK, '--tsconfig', './tsconfig.json', '--fail-on-warnings', '--output', 'machine']);
  return checked('svelte-check', run, count(run.output, /^\d+ (ERROR|WARNING) "/gm));
}

/** The programs behind the npm commands, checked by their JSDoc types. */
export async function toolTypes() {
  const run = await node([TSC, '--noEmit', '-p', 'tsconfig.tools.json']);
  return checked('tsc of tools', run, count(run.output, /: error TS\d+:/g));
}

/** svelte-check can say nothing at all in some set-ups: it must still find an error put before it. */
export async function typesCanary() {
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
