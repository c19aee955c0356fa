/** The results folder on disk: named, made, or taken with what an earlier run left in it. */
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmdirSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Stop } from '../say.mjs';
import { writeFault } from './write.mjs';

/**
 * A short name for a folder that is good in a file name.
 * @param {string} text
 */
function slug(text) {
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
 * What a folder for results holds, hidden files left out; nothing where it is not there yet.
 * @param {string} dir
 * @returns {readonly string[]}
 */
export function namesIn(dir) {
  if (!existsSync(dir)) return [];
  if (!statSync(dir).isDirectory()) throw new Stop(`--out: ${dir} is a file, not a folder.`, 2);
  return readdirSync(dir).filter((name) => !name.startsWith('.'));
}

/**
 * A folder with those above it, one by one: Node's own recursion never ends where a system refuses with "not found".
 * @param {string} dir
 */
export function makeFolder(dir) {
  if (existsSync(dir)) return;
  makeFolder(dirname(dir));
  mkdirSync(dir);
}

/** Makes a folder for results, or finds that it may be written to. */
export function makeOut(/** @type {string} */ dir) {
  try {
    makeFolder(dir);
    accessSync(dir, constants.W_OK);
  } catch (error) {
    throw writeFault(dir, error);
  }
}

/**
 * Runs work whose results go to a folder that was just made; one that nothing came into does not stay.
 * @param {string} out
 * @param {boolean} named by the person
 * @param {() => Promise<number>} work
 */
export async function withOut(out, named, work) {
  try {
    return await work();
  } finally {
    removeIfEmpty(out);
    if (!named) removeIfEmpty(dirname(out));
  }
}

/**
 * Makes the folder, or takes what an earlier run left in it.
 * @param {string} dir
 * @param {boolean} resume
 * @returns {{info: unknown, records: unknown[]} | null} null: nothing to go on with
 */
export function openOut(dir, resume) {
  const found = namesIn(dir);
  if (found.length > 0 && !resume) {
    throw new Stop(`${dir} is not empty. Name another folder with --out, or go on with the run in it by --resume.`, 2);
  }
  makeOut(dir);
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
