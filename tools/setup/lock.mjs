import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode, note } from '../say.mjs';

/** Whether a process with this id still lives on this machine. */
export function alive(/** @type {number} */ pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/**
 * Takes the lock file, or says who holds it (a process id; 0 while its owner is still writing it).
 * @param {string} file
 * @returns {number | null} null: it is ours
 */
function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return null;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
  try {
    return Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    return 0; // released between the two calls
  }
}

/**
 * Runs `work` while no other process of this machine does the same. A lock whose owner is gone is taken over.
 * @template T
 * @param {string} file path of the lock file
 * @param {string} doing what the other process is said to be doing, for the note while waiting
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, doing, work) {
  mkdirSync(dirname(file), { recursive: true });
  let told = false;
  let unowned = 0;
  for (;;) {
    const holder = take(file);
    if (holder === null) break;
    unowned = holder === 0 ? unowned + 1 : 0;
    if ((holder !== 0 && !alive(holder)) || unowned > 20) {
      rmSync(file, { force: true });
      continue;
    }
    if (!told && holder !== 0) note(`Waiting for another Lookalike command that is ${doing}.`);
    told ||= holder !== 0;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}
