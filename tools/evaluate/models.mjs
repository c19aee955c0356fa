/** The models that commands are given: a folder of this machine, or a model of the hub, which is fetched into the cache first. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { typescript } from '../cli/source.mjs';
import { cacheFolder, fetchModel } from '../hub/fetch-model.mjs';
import { cachedModel } from '../hub/hub-cache.mjs';
import { Stop, note } from '../say.mjs';
import { listFolder } from '../serve/server.mjs';
import { ROOT } from '../setup/setup.mjs';
import { folder, folderName } from './inputs.mjs';

const MODEL = join(ROOT, 'public', 'models', 'phantom-vlm');
const WRITER = join(ROOT, 'public', 'models', 'phantom-writer');

/** @typedef {{dir: string, name: string, revision: string | null}} ModelFolder */

/**
 * A model folder; a hub id is fetched into the cache first.
 * @param {string | null} path
 * @param {string | Record<string, string>} dtype
 * @param {string} here
 * @returns {Promise<ModelFolder>}
 */
export async function modelFolder(path, dtype, here) {
  if (path === null) return { dir: MODEL, name: 'phantom-vlm', revision: null };
  if (isHubId(path, here)) return hubModel(path, dtype);
  const found = placed('model', path, here);
  checkModel(found.dir, path);
  return found;
}

/**
 * A folder with the name that results give it; one of the hub's cache has its repository's.
 * @param {string} option
 * @param {string} path as typed
 * @param {string} here
 * @returns {ModelFolder}
 */
export function placed(option, path, here) {
  const dir = folder(option, path, here);
  return cachedModel(option, dir) ?? { dir, name: folderName(dir), revision: null };
}

/**
 * The judge's folder; a hub id is fetched into the cache first. A folder that can be no judge on any device is refused here; the page, which knows the
 * device, refuses the others before the first question.
 * @param {string | null} choice a folder, a hub id, or `self`
 * @param {string} dtype
 * @param {string} here
 * @returns {Promise<ModelFolder | null>}
 */
export async function judgeFolder(choice, dtype, here) {
  if (choice === null || choice === 'self') return null;
  const found = isHubId(choice, here) ? await hubModel(choice, dtype) : placed('judge', choice, here);
  await typescript();
  const { textDtypes, holdsTemplate, TEMPLATE_FILES } = await import('../../src/core/models/text.ts');
  const paths = (await listFolder(found.dir)).map(({ path }) => path);
  if (!paths.includes('config.json'))
    throw new Stop(`--judge: ${choice} holds no config.json: it is no model folder.`, 2);
  const have = textDtypes({
    id: choice,
    paths,
    config: parsed('judge', join(found.dir, 'config.json'), choice),
    chatTemplate: TEMPLATE_FILES.some(
      (path) => paths.includes(path) && holdsTemplate(path, readFileSync(join(found.dir, path), 'utf8')),
    ),
  });
  if (!have.ok) throw new Stop(`--judge: ${have.fault.message}`, 2);
  if (dtype !== 'auto' && !have.value.includes(dtype))
    throw new Stop(`--judge-dtype: ${choice} has no onnx/model in ${dtype}; it has ${have.value.join(', ')}.`, 2);
  return found;
}

/**
 * Whether a name is that of a model of the hub, and of no folder here.
 * @param {string} path
 * @param {string} here
 */
export function isHubId(path, here) {
  const isId = /^[\w-][\w.-]*\/[\w-][\w.-]*$/.test(path);
  return isId && !existsSync(resolve(here, path)) && !existsSync(resolve(here, dirname(path)));
}

/**
 * The folder of a text model that writes, or is asked without images.
 * @param {string | null} path a folder, or owner/name of the hub; null: the writer of the demo
 * @param {string} here
 * @returns {Promise<ModelFolder>}
 */
export async function writerFolder(path, here) {
  if (path === null) return { dir: WRITER, name: folderName(WRITER), revision: null };
  if (isHubId(path, here)) return hubModel(path, 'auto');
  const given = folder('writer', path, here);
  const dir = existsSync(join(given, 'config.json')) ? given : join(given, 'model');
  if (!existsSync(join(dir, 'config.json')))
    throw new Stop(`--writer: ${path} holds no config.json. Name the folder of a text model.`, 2);
  return { dir, name: folderName(given), revision: null };
}

/**
 * JSON as Python writes it: NaN and Infinity, which the page reads as no value, are null.
 * @param {string} text
 * @returns {unknown}
 * @throws {SyntaxError} where it is no JSON even so
 */
function pythonJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return JSON.parse(
      text
        .replace(/^\uFEFF/, '')
        .replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (m) => (m.startsWith('"') ? m : 'null')),
    );
  }
}

/**
 * @param {string} option
 * @param {string} file
 * @param {string} shown
 * @returns {unknown}
 */
function parsed(option, file, shown) {
  try {
    return pythonJson(readFileSync(file, 'utf8'));
  } catch {
    throw new Stop(
      `--${option}: ${join(shown, basename(file))} is not valid JSON: the file is damaged or incomplete.`,
      2,
    );
  }
}

/**
 * What a folder must hold to be a model at all; the page judges the rest.
 * @param {string} dir
 * @param {string} path as typed
 */
function checkModel(dir, path) {
  for (const name of ['config.json', 'tokenizer.json']) {
    const file = join(dir, name);
    if (!existsSync(file)) {
      throw new Stop(
        `--model: ${path} holds no ${name}. A model folder has config.json, tokenizer.json and an onnx folder (the transformers.js layout).`,
        2,
      );
    }
    try {
      pythonJson(readFileSync(file, 'utf8'));
    } catch {
      throw new Stop(`--model: ${join(path, name)} is not valid JSON: the file is damaged or incomplete.`, 2);
    }
  }
  const sessions = existsSync(join(dir, 'onnx'))
    ? readdirSync(join(dir, 'onnx')).filter((name) => name.endsWith('.onnx'))
    : [];
  if (sessions.length === 0) {
    throw new Stop(
      `--model: ${path} holds no onnx folder with sessions in it. Models for Lookalike are ONNX exports in the transformers.js layout.`,
      2,
    );
  }
}

/**
 * Fetches a model of the hub into the user's cache.
 * @param {string} id
 * @param {string | Record<string, string>} dtype
 * @returns {Promise<ModelFolder>}
 */
async function hubModel(id, dtype) {
  note(`There is no folder ${id} here: fetching the model ${id} from the hub.`);
  return fetchModel({ id, dtype, dir: cacheFolder(id) });
}
