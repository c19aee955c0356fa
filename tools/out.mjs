/** The results folder on disk (results.md): made, continued, appended to, rewritten whole. */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmdirSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Stop, errorCode, words } from './say.mjs';

/**
 * A short name for a folder that is good in a file name.
 * @param {string} text
 */
export function slug(text) {
  return (
    text
      .toLowerCase()
      .replace(/[^a-z0-9.]+/g, '-')
      .replace(/^[-.]+|[-.]+$/g, '')
      .slice(0, 60) || 'unnamed'
  );
}

/**
 * Name of the results folder when none is given.
 * @param {Date} now
 * @param {string} benchmark
 * @param {string} model
 */
export function defaultOut(now, benchmark, model) {
  const time = now.toISOString().slice(0, 19).replace(/:/g, '');
  return join('results', `${time}-${slug(benchmark)}-${slug(model)}`);
}

/** What a failed write means, in words. */
function writeFault(/** @type {string} */ dir, /** @type {unknown} */ error) {
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
 * Whole lines of a records.jsonl, parsed; a torn last line is dropped, a broken line elsewhere is refused.
 * @param {string} text
 * @returns {{records: unknown[], bytes: number}} bytes: length of the whole lines
 */
export function wholeLines(text) {
  const end = text.lastIndexOf('\n') + 1;
  const lines = text.slice(0, end).split('\n');
  /** @type {unknown[]} */
  const records = [];
  lines.forEach((line, i) => {
    if (line.trim() === '') return;
    try {
      records.push(JSON.parse(line));
    } catch {
      throw new Stop(`records.jsonl is damaged in line ${i + 1}: remove that line to score its question again.`, 2);
    }
  });
  return { records, bytes: Buffer.byteLength(text.slice(0, end)) };
}

/**
 * Makes the folder, or takes what an earlier run left in it.
 * @param {string} dir
 * @param {boolean} resume
 * @returns {{info: unknown, records: unknown[]} | null} null: nothing to go on with
 */
export function openOut(dir, resume) {
  if (existsSync(dir) && !statSync(dir).isDirectory()) throw new Stop(`--out: ${dir} is a file, not a folder.`, 2);
  const found = existsSync(dir) ? readdirSync(dir).filter((name) => !name.startsWith('.')) : [];
  if (found.length > 0 && !resume) {
    throw new Stop(`${dir} is not empty. Name another folder with --out, or go on with the run in it by --resume.`, 2);
  }
  try {
    mkdirSync(dir, { recursive: true });
    accessSync(dir, constants.W_OK);
  } catch (error) {
    throw writeFault(dir, error);
  }
  const lines = join(dir, 'records.jsonl');
  const run = join(dir, 'run.json');
  if (found.length > 0 && !existsSync(lines) && !existsSync(run)) {
    throw new Stop(`${dir} holds no run to go on with (no run.json, no records.jsonl).`, 2);
  }
  if (!existsSync(lines) && !existsSync(run)) return null;
  return readEarlier(lines, run);
}

/** A folder that nothing was written to does not stay. */
export function removeIfEmpty(/** @type {string} */ dir) {
  if (existsSync(dir) && readdirSync(dir).length === 0) rmdirSync(dir);
}

/** @returns {{info: unknown, records: unknown[]}} */
function readEarlier(/** @type {string} */ lines, /** @type {string} */ run) {
  let info = null;
  if (existsSync(run)) {
    try {
      info = JSON.parse(readFileSync(run, 'utf8'));
    } catch {
      throw new Stop(`${run} is not valid JSON: the run in this folder cannot be gone on with.`, 2);
    }
  }
  if (!existsSync(lines)) return { info, records: [] };
  const { records, bytes } = wholeLines(readFileSync(lines, 'utf8'));
  if (records.length > 0 && info === null) {
    throw new Stop(
      `${dirname(run)} has records but no run.json that says what made them: they cannot be gone on with.`,
      2,
    );
  }
  truncateSync(lines, bytes); // or the next line would be glued to the torn one
  return { info, records };
}

/**
 * Writes a file whole: beside it first, then in its place.
 * @param {string} file
 * @param {string} text
 */
function writeWhole(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  const fresh = `${file}.part`;
  const handle = openSync(fresh, 'w');
  try {
    writeFully(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(fresh, file);
}

/** Writes all of a text: a nearly full disk takes a part first. */
function writeFully(/** @type {number} */ handle, /** @type {string} */ text) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at);
}

/**
 * The files of a result; `records.jsonl` among them replaces what was appended.
 * @param {string} dir
 * @param {readonly {path: string, text: string}[]} files
 */
export function writeFiles(dir, files) {
  try {
    for (const { path, text } of files) writeWhole(join(dir, path), text);
  } catch (error) {
    throw writeFault(dir, error);
  }
}

/** Appends records as they come, each batch on disk before the next; owns the open file. */
export class Appender {
  /** @type {number | null} */
  #handle = null;
  #dir;

  constructor(/** @type {string} */ dir) {
    this.#dir = dir;
  }

  append(/** @type {readonly string[]} */ lines) {
    if (lines.length === 0) return;
    try {
      this.#handle ??= openSync(join(this.#dir, 'records.jsonl'), 'a');
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
 * @param {readonly {path: string, text: string}[]} files
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
