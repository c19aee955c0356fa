/**
 * Writes index.json into each folder that ships with the app, for the page to find its files by: models under public/models with hashes,
 * benchmarks under public/benchmarks. Run it after changing one: node tools/make/list-public.mjs
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runMain } from '../say.mjs';
import { listFolder } from '../serve/server.mjs';
import { ROOT } from '../setup/setup.mjs';

/**
 * The text of a shipped folder's index.json.
 * @param {string} dir
 * @param {string} name
 */
export async function publicIndex(dir, name) {
  const files = (await listFolder(dir)).filter(({ path }) => path !== 'index.json');
  const hashed = files.map((file) => ({
    ...file,
    sha256: createHash('sha256')
      .update(readFileSync(join(dir, file.path)))
      .digest('hex'),
  }));
  return `${JSON.stringify({ name, revision: null, files: hashed }, null, 1)}\n`;
}

/** All shipped folders: path and name. */
export function publicFolders() {
  return ['models', 'benchmarks'].flatMap((kind) => {
    const dir = join(ROOT, 'public', kind);
    return existsSync(dir) ? readdirSync(dir).map((name) => ({ dir: join(dir, name), name })) : [];
  });
}

async function main() {
  for (const { dir, name } of publicFolders()) writeFileSync(join(dir, 'index.json'), await publicIndex(dir, name));
  return 0;
}

if (process.argv[1]?.endsWith('list-public.mjs')) await runMain(main);
