/** `export`: results in the formats of other programs. */
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { hint, text, wrong } from '../cli/kinds.mjs';
import { typescript } from '../cli/source.mjs';
import { writeFiles } from '../drive/write.mjs';
import { readResultsFolder, resultsName } from '../results/folder.mjs';
import { Stop, note } from '../say.mjs';

/** @typedef {import('../../src/app/results/export.ts').ExportName} ExportName */

async function options() {
  await typescript();
  const { exportFormat, exportNames } = await import('../../src/app/results/export.ts');
  const names = exportNames();
  return {
    to: {
      value: 'FORMAT',
      meaning: names.map((name) => `${name}: ${exportFormat(name).means}`).join('; '),
      fallback: /** @type {ExportName | null} */ (null),
      parse: (/** @type {string} */ typed) => {
        const found = names.find((name) => name === typed.toLowerCase());
        if (found === undefined) throw wrong(`--to: there is no format "${typed}". ${hint(typed, names)}`);
        return found;
      },
    },
    out: text(
      'PATH',
      'file, or folder where the format has several files or PATH is one; default: RESULTS-FORMAT here',
    ),
    benchmark: text('DIR', 'the benchmark, for results of versions that wrote no benchmark.json'),
  };
}

/**
 * Where an export goes: into a folder under the files' own names, or one file under the name that the person gave.
 * @param {string} path
 * @param {readonly {path: string}[]} files
 * @param {readonly string[] | null} endings of the format's single file
 * @returns {{folder: string, name: string | null}}
 */
export function target(path, files, endings) {
  if (existsSync(path) && statSync(path).isDirectory()) return { folder: path, name: null };
  const ending = extname(path).toLowerCase();
  if (endings?.includes(ending)) return { folder: dirname(path), name: basename(path) };
  if (existsSync(path)) throw new Stop(`--out: ${path} is a file; name a folder.`, 2);
  if (endings === null || ending === '') return { folder: path, name: null };
  throw wrong(
    `--out: a ${files[0]?.path.split('.').at(-1) ?? ''} file ends with ${endings.join(' or ')}, not ${ending}.`,
  );
}

/** A path as the person would write it: from here on where it is below. */
function shown(/** @type {string} */ path, /** @type {string} */ here) {
  const short = relative(here, path);
  return short.startsWith('..') ? path : short;
}

/**
 * @param {import('../cli/types.ts').Values<Awaited<ReturnType<typeof options>>>} values
 * @param {readonly string[]} positionals
 * @param {import('../cli/types.ts').Call} call
 */
async function run(values, [path = ''], { here }) {
  const { to } = values;
  const { exportFormat, exportNames, exportResults } = await import('../../src/app/results/export.ts');
  if (to === null) throw wrong(`--to FORMAT is missing: one of ${exportNames().join(', ')}.`);
  const results = await readResultsFolder(path, values.benchmark, here);
  const files = await exportResults(to, results);
  const out = resolve(here, values.out ?? `${resultsName(results.dir)}-${to}`);
  const { folder, name } = target(out, files, exportFormat(to).ending);
  const named = name === null ? files : files.map((file) => ({ ...file, path: name }));
  writeFiles(folder, named);
  for (const file of named) process.stdout.write(`${shown(join(folder, file.path), here)}\n`);
  note(`${results.records.length} records of ${path} as ${exportFormat(to).label}.`);
  return 0;
}

/** @satisfies {import('../cli/types.ts').Command<Awaited<ReturnType<typeof options>>>} */
export const command = {
  name: 'export',
  summary: 'writes results in the formats of other programs: Inspect, lm-evaluation-harness, Parquet, CSV and more',
  about:
    'RESULTS is a results folder (docs/results.md). It needs no browser and no model; the files are named on standard output.',
  positionals: { value: 'RESULTS', meaning: 'a results folder', least: 1, most: 1 },
  options,
  notes: 'Exit codes: 0 written; 2 wrong arguments, or results that cannot be read; 5 the files could not be written.',
  run,
};
