/** What commands are given on disk, models apart (models.mjs): found, named, and refused in a sentence where it cannot be meant. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Stop } from '../say.mjs';
import { ROOT } from '../setup/setup.mjs';

const BENCHMARK = join(ROOT, 'public', 'benchmarks', 'phantoms');
/** Names that say nothing without the folder above. */
const GENERIC = new Set(['data', 'benchmark', 'model', 'onnx']);

/**
 * A name for a folder: its own, with the one above where its own says nothing.
 * @param {string} dir
 */
export function folderName(dir) {
  const own = basename(dir);
  if (own === 'data') return folderName(dirname(dir));
  return GENERIC.has(own) && dirname(dir) !== dir ? `${basename(dirname(dir))}-${own}` : own;
}

/**
 * A folder that an option names.
 * @param {string} option
 * @param {string} path as typed
 * @param {string} here
 */
export function folder(option, path, here) {
  const dir = resolve(here, path);
  if (!existsSync(dir)) throw new Stop(`--${option}: there is no folder ${path}.`, 2);
  if (!statSync(dir).isDirectory()) throw new Stop(`--${option}: ${path} is a file, not a folder.`, 2);
  return dir;
}

/**
 * @param {string | null} path
 * @param {string} here
 * @returns {{dir: string, name: string}}
 */
export function benchmarkFolder(path, here) {
  if (path === null) return { dir: BENCHMARK, name: 'phantoms' };
  const dir = folder('benchmark', path, here);
  return { dir, name: folderName(dir) };
}

/**
 * A folder that an option may name.
 * @param {'shots'} option
 * @param {string | null} path
 * @param {string} here
 * @returns {{dir: string, name: string, revision: null} | null}
 */
export function optionalFolder(option, path, here) {
  if (path === null) return null;
  const dir = folder(option, path, here);
  return { dir, name: folderName(dir), revision: null };
}

/**
 * The prompt set: a file's text where there is such a file, a name otherwise.
 * @param {string | null} choice
 * @param {string} here
 * @returns {import('../../src/cli/evaluate-types.ts').EvaluateRequest['prompts']}
 */
export function promptChoice(choice, here) {
  if (choice === null) return { kind: 'default' };
  const whole = promptFile(choice, here);
  if (whole) return { ...whole, set: null };
  const at = choice.lastIndexOf('#');
  const part = at < 0 ? null : promptFile(choice.slice(0, at), here);
  if (part) return { ...part, set: choice.slice(at + 1) };
  if (/[/\\]|\.json(#|$)/.test(choice)) throw new Stop(`--prompts: there is no file ${choice}.`, 2);
  return { kind: 'named', name: choice };
}

/**
 * @param {string} path
 * @param {string} here
 * @returns {{kind: 'file', name: string, text: string} | null}
 */
function promptFile(path, here) {
  const file = resolve(here, path);
  if (!existsSync(file) || !statSync(file).isFile()) return null;
  return { kind: 'file', name: basename(file).replace(/\.json$/, ''), text: readFileSync(file, 'utf8') };
}

/**
 * The prompt sets whose words `+paraphrase` asks in: a file's, or built-in ones by name.
 * @param {string | null} choice
 * @param {string} here
 * @returns {import('../../src/cli/evaluate-types.ts').EvaluateRequest['paraphrases']}
 */
export function paraphraseChoice(choice, here) {
  if (choice === null) return { kind: 'usual' };
  const file = promptFile(choice, here);
  if (file) return file;
  if (/[/\\]|\.json$/.test(choice)) throw new Stop(`--paraphrases: there is no file ${choice}.`, 2);
  const names = choice.split(';').map((name) => name.trim());
  return { kind: 'named', names: names.filter((name) => name !== '') };
}

/**
 * An official result file.
 * @param {string} path
 * @param {string} here
 */
export function readImport(path, here) {
  const file = resolve(here, path);
  if (!existsSync(file) || !statSync(file).isFile()) throw new Stop(`--import: there is no file ${path}.`, 2);
  return { name: basename(file), text: readFileSync(file, 'utf8') };
}
