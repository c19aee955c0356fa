/** Options of probes, and the file of marks. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { text, wrong } from '../cli/kinds.mjs';
import { typescript } from '../cli/source.mjs';
import { Stop } from '../say.mjs';

/** Options that belong to conditions such as `gd+marks`. */
export function probeOptions() {
  return {
    marks: text(
      'FILE',
      'the marks that gd+marks and its controls show (default: marks.json beside the question file); bounding boxes [left, top, right, bottom] are taken too',
    ),
    'probe-seed': {
      value: 'N',
      meaning: 'fixes what is random in gd+marks-random and gd+noise (default: 0)',
      /** @type {(typed: string, name: string) => number} */
      parse: (typed, name) => {
        if (!/^\d{1,9}$/.test(typed)) throw wrong(`--${name} must be a whole number of 0 or more, not "${typed}".`);
        return Number(typed);
      },
      fallback: 0,
    },
    'flip-answers': {
      value: 'IDS|all',
      meaning:
        'pairs, with commas between, whose right answers gd+flip exchanges with the sides, because the question is about a side (default: none)',
      /** @type {(typed: string) => 'all' | readonly string[]} */
      parse: (typed) =>
        typed === 'all'
          ? 'all'
          : typed
              .split(',')
              .map((id) => id.trim())
              .filter((id) => id !== ''),
      /** @type {readonly string[]} */
      fallback: [],
    },
  };
}

/**
 * The marks of a file; null where none is named.
 * @param {string | null} path
 * @param {string} here
 */
export async function marksChoice(path, here) {
  if (path === null) return null;
  const file = resolve(here, path);
  if (!existsSync(file) || !statSync(file).isFile()) throw new Stop(`--marks: there is no file ${path}.`, 2);
  await typescript();
  const { readMarkFile } = await import('../../src/core/images/marks/file.ts');
  const read = readMarkFile(basename(file), readFileSync(file, 'utf8'));
  if (!read.ok) throw new Stop(`--marks: ${read.fault.message}`, 2);
  return read.value;
}

/**
 * Options of probes without a probe are refused.
 * @param {{ readonly marks: string | null, readonly methods: readonly string[], readonly 'flip-answers': 'all' | readonly string[] }} values
 */
export function checkProbes({ marks, methods, 'flip-answers': flips }) {
  if (marks !== null && !methods.some((name) => name.includes('+marks')))
    throw wrong('--marks belongs to methods under +marks, such as --methods gd,gd+marks.');
  if (flips.length > 0 && !methods.some((name) => name.endsWith('+flip')))
    throw wrong('--flip-answers belongs to methods under +flip, such as --methods gd,gd+flip.');
}
