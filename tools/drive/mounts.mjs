/** Folders of this machine that a driven page reads on its own origin, each under drive/NAME/. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { mountFolder } from '../serve/server.mjs';
import { ROOT } from '../setup/setup.mjs';
import { withHashes } from './hashes.mjs';

/**
 * Where a folder is served.
 * @param {string} as
 */
export function baseOf(as) {
  return `drive/${as}/`;
}

/**
 * A folder as it is.
 * @param {string} as
 * @param {string} dir
 */
export function mountDir(as, dir) {
  return mountFolder(`drive/${as}`, dir);
}

/**
 * Some files of a folder, by name.
 * @param {string} as
 * @param {string} dir
 * @param {readonly string[]} names
 */
export async function mountFiles(as, dir, names) {
  const files = [];
  for (const path of names) {
    const info = await stat(join(dir, path)).catch(() => null);
    if (info?.isFile()) files.push({ path, size: info.size });
  }
  const known = new Set(files.map((f) => f.path));
  return { prefix: `drive/${as}`, dir, files, known, index: JSON.stringify(files) };
}

/**
 * A model folder with a list that says its name and what each file hashes to.
 * @param {string} as
 * @param {{dir: string, name: string, revision: string | null}} model
 */
export async function mountModel(as, { dir, name, revision }) {
  const mount = await mountDir(as, dir);
  const files = await withHashes(dir, mount.files, join(ROOT, '.cache', 'hashes.json'));
  return { ...mount, index: JSON.stringify({ name, revision, files }) };
}
