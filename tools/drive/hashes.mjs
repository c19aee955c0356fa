/** SHA-256 of files on disk, remembered by size and time of change: models are large and rarely change. */
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/**
 * SHA-256 of a file's bytes, hex.
 * @param {string} file
 */
async function hashFile(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/**
 * The remembered hashes; none when the memory is missing or broken, since they can be made again.
 * @param {string} memory
 * @returns {Record<string, string>}
 */
function remembered(memory) {
  try {
    const found = JSON.parse(readFileSync(memory, 'utf8'));
    return typeof found === 'object' && found !== null ? found : {};
  } catch {
    return {};
  }
}

/**
 * Adds to each file of a folder its SHA-256.
 * @param {string} dir
 * @param {readonly {path: string, size: number}[]} files
 * @param {string} memory file in which hashes are remembered
 * @returns {Promise<{path: string, size: number, sha256: string}[]>}
 */
export async function withHashes(dir, files, memory) {
  const known = remembered(memory);
  const hashed = [];
  let fresh = false;
  for (const file of files) {
    const full = join(dir, file.path);
    const { mtimeMs, ino } = statSync(full);
    const key = `${full}|${file.size}|${mtimeMs}|${ino}`;
    const kept = known[key];
    const sha256 = typeof kept === 'string' && /^[0-9a-f]{64}$/.test(kept) ? kept : await hashFile(full);
    fresh ||= sha256 !== kept;
    known[key] = sha256;
    hashed.push({ ...file, sha256 });
  }
  if (fresh) {
    mkdirSync(dirname(memory), { recursive: true });
    const part = `${memory}.${process.pid}`;
    writeFileSync(part, JSON.stringify(known));
    renameSync(part, memory);
  }
  return hashed;
}
