/** Folders of this machine that a driven page reads on its own origin, each under drive/NAME/. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { mountFolder } from '../serve/server.mjs';
import { typescript } from '../cli/source.mjs';
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
 * Weights that the graphs of a model folder name outside of its folder `onnx`, under the paths that they have then.
 * @param {string} dir
 * @param {readonly {path: string, size: number}[]} files
 */
async function outsideOf(dir, files) {
  await typescript();
  const { outsideData, placeOf, SEARCHED_BYTES } = await import('../../src/core/onnx/external.ts');
  const found = new Map();
  for (const { path, size } of files) {
    if (!/^onnx\/[^/]+\.onnx$/.test(path) || size > SEARCHED_BYTES) continue;
    for (const data of outsideData(path, await readFile(join(dir, path)))) {
      const there = files.find((f) => f.path === placeOf(data));
      if (there) found.set(data, { path: data, size: there.size });
    }
  }
  return [...found.values()];
}

/**
 * A model folder with a list that says its name and what each file hashes to.
 * @param {string} as
 * @param {{dir: string, name: string, revision: string | null}} model
 */
export async function mountModel(as, { dir, name, revision }) {
  const mount = await mountDir(as, dir);
  const listed = [...mount.files, ...(await outsideOf(dir, mount.files))];
  const files = await withHashes(dir, listed, join(ROOT, '.cache', 'hashes.json'));
  return { ...mount, index: JSON.stringify({ name, revision, files }) };
}
