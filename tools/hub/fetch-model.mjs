/** Models of the hub as folders: for `fetch-model`, and for `evaluate` where a model is named by its hub id. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { typescript } from '../cli/source.mjs';
import { Stop, note } from '../say.mjs';

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
  await typescript();
  const { fetchToFolder, wholeFolder } = await import('../../src/hub/folder.ts');
  const { toFault } = await import('../../src/core/fault.ts');
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
