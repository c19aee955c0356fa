/** Results folders and exported zips with what they answer, read in Node by the page's own code (src/app/results). */
import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { typescript } from '../cli/source.mjs';
import { makeOut, namesIn } from '../drive/out.mjs';
import { benchmarkFolder } from '../evaluate/inputs.mjs';
import { Stop } from '../say.mjs';
import { readQuestions } from './read.mjs';
import { textsOf } from './texts.mjs';

/** @typedef {import('../../src/core/benchmark/types.ts').Benchmark} Benchmark */

/**
 * A results folder (or a zip with one) that the command line names, with what it answers.
 * @param {string} path as typed
 * @param {string | null} benchmark folder of the benchmark, for results of versions that wrote no benchmark.json
 * @param {string} here
 * @returns {Promise<import('../../src/app/results/folder.ts').Results & {dir: string, benchmark: Benchmark}>}
 */
export async function readResultsFolder(path, benchmark, here) {
  await typescript();
  const { benchmarkOf, readFolder } = await import('../../src/app/results/folder.ts');
  const dir = resolve(here, path);
  if (!existsSync(dir)) throw new Stop(`There is no results folder ${path}.`, 2);
  const texts = await textsOf(path, dir);
  if (texts === null) throw new Stop(`${path} is a file, not a results folder.`, 2);
  const results = readFolder(path, texts);
  const questions = results.benchmark ?? (await questionsOf(benchmark, results.info.benchmark.sha256, here));
  return { ...results, dir, benchmark: benchmarkOf(results, questions) };
}

/**
 * The questions of the named benchmark, or of the built-in one where the results answer that.
 * @param {string | null} path
 * @param {string} sha256 of the question file that the results answer
 * @param {string} here
 * @returns {Promise<Benchmark | null>}
 */
async function questionsOf(path, sha256, here) {
  const questions = await readQuestions(benchmarkFolder(path, here));
  return path !== null || questions.sha256 === sha256 ? questions : null;
}

/**
 * The value of a result; its fault ends the command with exit code 2.
 * @template T
 * @param {import('../../src/core/fault.ts').Result<T>} result
 * @returns {T}
 */
export function orStop(result) {
  if (!result.ok) throw new Stop(result.fault.message, 2);
  return result.value;
}

/** A results folder's own name, for the files that are made of it. */
export function resultsName(/** @type {string} */ dir) {
  return basename(resolve(dir)).replace(/\.zip$/i, '') || 'results';
}

/**
 * A folder for new results: made, and refused where something is in it.
 * @param {string} dir
 */
export function newFolder(dir) {
  if (namesIn(dir).length > 0) throw new Stop(`${dir} is not empty. Name another folder with --out.`, 2);
  makeOut(dir);
}
