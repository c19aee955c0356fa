/**
 * `npm run fetch-model -- owner/name --dtype q4 --out DIR`: a model of the hub, whole and verified, as a folder that the page and
 * `npm run evaluate -- --model DIR` take. Also used by `evaluate` itself when a model is named by its hub id.
 */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Stop, note, runMain, words } from './say.mjs';
import { ensureInstalled } from './setup.mjs';

const HELP = `npm run fetch-model -- owner/name [options]

Downloads a model of the Hugging Face hub into a folder and checks every file against the hash published at its commit.
A download that was cut off goes on where it was.
  --dtype TYPE      auto, fp32, fp16, q8, q4, q4f16, ... for all files, or session=type,... (decoder_model_merged=q4,vision_encoder=fp32)
  --out DIR         the folder (default: the name of the model, here)
  --revision REV    branch, tag or commit (default: main)
  --hub URL         another hub's address (default: HF_ENDPOINT, or https://huggingface.co)
  --help            this text
A gated model takes its access token from the environment variable HF_TOKEN.
`;

/** Shows progress: one line that is rewritten on a terminal, a plain line every tenth elsewhere. */
function progressLine() {
  let shown = -1;
  return (/** @type {{path: string, done: number, total: number, waiting: string | null}} */ p) => {
    const percent = p.total === 0 ? 100 : Math.floor((100 * p.done) / p.total);
    const text = `${percent}% of ${(p.total / 1e6).toFixed(1)} MB, ${p.path}${p.waiting === null ? '' : `; ${p.waiting}`}`;
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`);
    else if (p.waiting !== null || Math.floor(percent / 10) > shown) {
      shown = Math.floor(percent / 10);
      note(text);
    }
  };
}

/**
 * Fetches a model into a folder.
 * @param {{id: string, dtype: string | Record<string, string>, dir: string, revision?: string, hub?: string | undefined, signal?: AbortSignal}} options
 * @returns {Promise<{dir: string, name: string, revision: string | null}>}
 */
export async function fetchModel(options) {
  await ensureInstalled();
  const { register } = await import('tsx/esm/api');
  register();
  const { fetchToFolder, wholeFolder } = await import('../src/hub/folder.ts');
  const { toFault } = await import('../src/core/fault.ts');
  try {
    const { commit } = await fetchToFolder({
      repository: options.id,
      revision: options.revision ?? 'main',
      dtype: options.dtype,
      dir: options.dir,
      address: options.hub ?? process.env['HF_ENDPOINT'] ?? 'https://huggingface.co',
      token: process.env['HF_TOKEN'] ?? null,
      signal: options.signal,
      onProgress: progressLine(),
    });
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
    return { dir: options.dir, name: options.id, revision: commit };
  } catch (error) {
    if (process.stderr.isTTY) process.stderr.write('\n');
    const fault = toFault(error);
    const before = fault.code === 'network' ? await wholeFolder(options.dir) : null;
    if (before !== null && before.repository === options.id) {
      note(`${fault.message} The copy fetched before (${before.revision}) is whole and is used.`);
      return { dir: options.dir, name: options.id, revision: before.revision };
    }
    const codes = /** @type {Record<string, number>} */ ({ stopped: 130, 'bad-argument': 2 });
    const hint = /access token/.test(fault.message) ? ' On the command line the token is read from HF_TOKEN.' : '';
    throw new Stop(fault.message + hint, codes[fault.code] ?? 3);
  }
}

/** Where `evaluate` keeps the models it fetches: the user's cache. */
export function cacheFolder(/** @type {string} */ id) {
  const base =
    process.platform === 'win32'
      ? (process.env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'))
      : (process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'));
  return join(base, 'lookalike', 'models', id.replace('/', '--'));
}

/**
 * A dtype as the command line writes it: one for all, or session=type,...
 * @param {string} text
 * @returns {string | Record<string, string>}
 */
function readDtype(text) {
  if (!text.includes('=')) return text;
  /** @type {Record<string, string>} */
  const map = {};
  for (const item of text.split(',')) {
    const [session, dtype] = item.split('=');
    if (!session || !dtype) throw new Stop(`--dtype: "${item}" is not session=type.`, 2);
    map[session] = dtype;
  }
  return map;
}

function arguments_() {
  const options = /** @type {const} */ ({
    dtype: { type: 'string' },
    out: { type: 'string' },
    revision: { type: 'string' },
    hub: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw new Stop(`${words(error).split('. ')[0]}. See npm run fetch-model -- --help.`, 2);
  }
}

async function main() {
  const { values, positionals } = arguments_();
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const [id] = positionals;
  if (id === undefined || positionals.length > 1)
    throw new Stop('Name one model as owner/name. See npm run fetch-model -- --help.', 2);
  const stop = new AbortController();
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, () => stop.abort());
  const { dir, revision } = await fetchModel({
    id,
    dtype: readDtype(values.dtype ?? 'auto'),
    dir: resolve(values.out ?? id.split('/').at(-1) ?? id),
    revision: values.revision ?? 'main',
    hub: values.hub,
    signal: stop.signal,
  });
  process.stdout.write(`${dir}\n`);
  note(`${id} at ${revision}, every file verified.`);
  return 0;
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  void runMain(main);
