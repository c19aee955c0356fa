/** Files of results as they are written: whole, line by line, or elsewhere where their folder takes no more. */
import { closeSync, fsyncSync, mkdirSync, mkdtempSync, openSync, renameSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Stop, errorCode, words } from '../say.mjs';

/** @typedef {import('../../src/cli/types.ts').OutFile} OutFile */

/** What a failed write means, in words. */
export function writeFault(/** @type {string} */ dir, /** @type {unknown} */ error) {
  const code = errorCode(error);
  const why =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? 'the disk is full'
      : code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
        ? 'it may not be written by this user'
        : words(error);
  return new Stop(`The results cannot be written to ${dir}: ${why}.`, 5);
}

/**
 * Writes a file whole: beside it first, then in its place.
 * @param {string} file
 * @param {string | Uint8Array} content
 */
function writeWhole(file, content) {
  mkdirSync(dirname(file), { recursive: true });
  const fresh = `${file}.part`;
  const handle = openSync(fresh, 'w');
  try {
    writeFully(handle, content);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(fresh, file);
}

/** Writes all of it: a nearly full disk takes a part first. */
function writeFully(/** @type {number} */ handle, /** @type {string | Uint8Array} */ content) {
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at);
}

/**
 * The files of a result; one that was appended to is replaced.
 * @param {string} dir
 * @param {readonly OutFile[]} files
 */
export function writeFiles(dir, files) {
  try {
    for (const file of files) writeWhole(join(dir, file.path), 'bytes' in file ? file.bytes : file.text);
  } catch (error) {
    throw writeFault(dir, error);
  }
}

/** Appends lines as they come, each batch on disk before the next; owns the open file. */
export class Appender {
  /** @type {number | null} */
  #handle = null;
  #dir;
  #path;

  /**
   * @param {string} dir
   * @param {string} path of the file below it
   */
  constructor(dir, path) {
    this.#dir = dir;
    this.#path = path;
  }

  append(/** @type {readonly string[]} */ lines) {
    if (lines.length === 0) return;
    try {
      this.#handle ??= openSync(join(this.#dir, this.#path), 'a');
      writeFully(this.#handle, lines.map((line) => `${line}\n`).join(''));
      fsyncSync(this.#handle);
    } catch (error) {
      // /dev/full and pipes cannot be synchronised; what matters there is the write itself.
      if (errorCode(error) !== 'EINVAL') throw writeFault(this.#dir, error);
    }
  }

  close() {
    if (this.#handle !== null) closeSync(this.#handle);
    this.#handle = null;
  }
}

/**
 * Where results go when their folder takes no more: a new folder among the temporary ones, or null when that fails too.
 * @param {readonly OutFile[]} files
 * @returns {string | null}
 */
export function rescue(files) {
  try {
    const dir = mkdtempSync(join(tmpdir(), 'lookalike-results-'));
    writeFiles(dir, files);
    return dir;
  } catch {
    return null;
  }
}
