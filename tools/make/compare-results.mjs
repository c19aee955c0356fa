/**
 * node tools/make/compare-results.mjs A B: compares two results folders, byte for byte but for what differs between any two runs (when and where they
 * were made, how long they took, and which versions made them). Prints the differences; exit code 0 where there are none, 1 where there are.
 * For changes that must not move a number.
 */
import { readFileSync, readdirSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

/** Members of run.json that say when, where and by what version a run was made. */
const RUN_VARIES = ['lookalike', 'startedAt', 'finishedAt', 'seconds', 'command', 'libraries'];
const DEVICE_VARIES = ['browser', 'threads'];
/** Members of the certificate that do. */
const CERTIFICATE_VARIES = ['issuedAt', 'seconds', 'browser', 'key', 'libraries', 'lookalike'];
/** Differences shown of one file. */
const SHOWN = 5;

/**
 * @param {string} root
 * @returns {string[]} paths below it, with '/'
 */
function filesOf(root) {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/**
 * A copy without some members.
 * @param {unknown} value
 * @param {readonly string[]} names
 */
function without(value, names) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}

/**
 * run.json without what varies; the order of its members counts.
 * @param {string} text
 */
function steadyRun(text) {
  const run = JSON.parse(text);
  const steady = {
    ...run,
    device: without(run.device, DEVICE_VARIES),
    certificate: steadyCertificate(run.certificate),
  };
  return JSON.stringify(without(steady, RUN_VARIES), null, 2);
}

/** @param {unknown} certificate */
function steadyCertificate(certificate) {
  const steady = without(certificate, CERTIFICATE_VARIES);
  return JSON.parse(JSON.stringify(steady), (name, value) => (name === 'seconds' ? undefined : value));
}

/**
 * A text file without what varies: tables name the version that made them.
 * @param {string} path
 * @param {string} text
 */
function steady(path, text) {
  if (path === 'run.json') return steadyRun(text);
  return path === 'tables.md' ? text.replace(/Lookalike \d[\w.+-]*/g, 'Lookalike') : text;
}

/**
 * The first lines in which two texts differ.
 * @param {string} a
 * @param {string} b
 */
function lineDifferences(a, b) {
  const [left, right] = [a.split('\n'), b.split('\n')];
  const length = Math.max(left.length, right.length);
  const differing = Array.from({ length }, (_, i) => i).filter((i) => left[i] !== right[i]);
  const shown = differing.slice(0, SHOWN).flatMap((i) => {
    const at = firstDifference(left[i] ?? '', right[i] ?? '');
    const part = (/** @type {string | undefined} */ line) =>
      line === undefined ? '(no such line)' : JSON.stringify(line.slice(Math.max(0, at - 40), at + 80));
    return [`  line ${i + 1}, column ${at + 1}`, `    ${part(left[i])}`, `    ${part(right[i])}`];
  });
  return differing.length > SHOWN ? [...shown, `  and ${differing.length - SHOWN} more lines`] : shown;
}

/**
 * @param {string} a
 * @param {string} b
 */
function firstDifference(a, b) {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return i;
}

/**
 * Every difference between two results folders, in lines to print; none where they are the same.
 * @param {string} a
 * @param {string} b
 * @returns {string[]}
 */
export function compareResults(a, b) {
  const [left, right] = [filesOf(a), filesOf(b)];
  const missing = [
    ...left.filter((path) => !right.includes(path)).map((path) => `${path} is only in ${a}`),
    ...right.filter((path) => !left.includes(path)).map((path) => `${path} is only in ${b}`),
  ];
  const both = left.filter((path) => right.includes(path));
  const differing = both.flatMap((path) => {
    const [one, two] = [a, b].map((root) => readFileSync(join(root, path)));
    if (isDeepStrictEqual(one, two)) return [];
    const texts = [one, two].map((bytes) => steady(path, bytes?.toString('utf8') ?? ''));
    return texts[0] === texts[1] ? [] : [`${path} differs`, ...lineDifferences(texts[0] ?? '', texts[1] ?? '')];
  });
  return [...missing, ...differing];
}

function main() {
  const [a, b, ...more] = process.argv.slice(2);
  if (a === undefined || b === undefined || more.length > 0) {
    process.stderr.write('node tools/make/compare-results.mjs A B, two results folders\n');
    return 2;
  }
  const differences = compareResults(a, b);
  for (const line of differences) process.stdout.write(`${line}\n`);
  process.stderr.write(differences.length === 0 ? `The same: ${filesOf(a).length} files.\n` : 'They differ.\n');
  return differences.length === 0 ? 0 : 1;
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  process.exitCode = main();
