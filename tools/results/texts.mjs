/** The text files of a results folder or of a zip with one, read by name. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @param {string} path as typed
 * @param {string} full
 * @returns {Promise<((file: string) => string | null) | null>} null for a file that is no zip
 */
export async function textsOf(path, full) {
  if (statSync(full).isDirectory())
    return (file) => (existsSync(join(full, file)) ? readFileSync(join(full, file), 'utf8') : null);
  if (!/\.zip$/i.test(path)) return null;
  const { readZip } = await import('../../src/app/results/zip.ts');
  const texts = await readZip(path, new Uint8Array(readFileSync(full)));
  return (file) => texts.get(file) ?? null;
}
