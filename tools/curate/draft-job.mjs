/** The folder of a drafting job: what it was asked, and what an earlier part of it left. */
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { typescript } from '../cli/source.mjs';
import { makeOut, namesIn } from '../drive/out.mjs';
import { writeFiles } from '../drive/write.mjs';
import { Stop } from '../say.mjs';

/** @typedef {import('../../src/cli/draft.ts').DraftCliRequest['earlier']} Earlier */
/** @typedef {Readonly<Record<string, unknown>>} Job */

const DRAFTS = 'drafts.jsonl';
const CATEGORIES = 'categories.jsonl';
/** What a job was asked to do: one that goes on must ask the same, and build-benchmark finds the images by it. */
const JOB = 'job.json';

/**
 * The whole lines of a file that grows; what a kill tore off its end is cut away.
 * @param {string} file
 */
function wholeText(file) {
  if (!existsSync(file)) return '';
  const all = readFileSync(file, 'utf8');
  const whole = all.slice(0, all.lastIndexOf('\n') + 1);
  if (whole.length < all.length) truncateSync(file, Buffer.byteLength(whole));
  return whole;
}

/**
 * Opens the folder: new, or one in which the same job was stopped.
 * @param {string} dir
 * @param {boolean} resume
 * @param {Job} job what is asked
 * @returns {Promise<Earlier | null>} null: there is nothing to go on with
 */
export async function openJob(dir, resume, job) {
  const found = namesIn(dir);
  if (found.length > 0 && !resume)
    throw new Stop(`${dir} is not empty. Name another folder with --out, or go on with the job in it by --resume.`, 2);
  if (found.length > 0 && !found.includes(JOB)) throw new Stop(`${dir} holds no drafts to go on with (no ${JOB}).`, 2);
  makeOut(dir);
  if (found.length === 0) return null;
  requireSameJob(dir, job);
  return earlierOf(dir);
}

/**
 * Writes down what a new job is asked.
 * @param {string} dir
 * @param {Job} job
 */
export function writeJob(dir, job) {
  writeFiles(dir, [{ path: JOB, text: `${JSON.stringify(job, null, 2)}\n` }]);
}

/**
 * Takes away what a new job that drafted nothing left in its folder.
 * @param {string} dir
 */
export function forgetEmptyJob(dir) {
  if (existsSync(dir) && readdirSync(dir).join() === JOB) rmSync(join(dir, JOB));
}

/**
 * @param {string} file
 * @returns {Record<string, unknown>}
 */
function readJob(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new Stop(`${file} cannot be read: the job in this folder cannot be gone on with.`, 2);
  }
}

/**
 * Refuses to go on with a job that was asked otherwise.
 * @param {string} dir
 * @param {Job} job
 */
function requireSameJob(dir, job) {
  const before = readJob(join(dir, JOB));
  for (const [key, value] of Object.entries(job))
    if (JSON.stringify(before[key]) !== JSON.stringify(value))
      throw new Stop(
        `The job in ${dir} had another ${key} (${JSON.stringify(before[key])}, now ${JSON.stringify(value)}). Ask for the same, or name another --out.`,
        2,
      );
}

/**
 * What an earlier part of the job left.
 * @param {string} dir
 * @returns {Promise<Earlier>}
 */
async function earlierOf(dir) {
  await typescript();
  const { pairKey, readDrafts } = await import('../../src/core/drafting/draft.ts');
  const { drafts, problems } = readDrafts(wholeText(join(dir, DRAFTS)));
  const [first] = problems;
  if (first) throw new Stop(`${DRAFTS} is damaged in line ${first.line}: ${first.message} Remove that line.`, 2);
  /** @type {Record<string, string | null>} */
  const categories = {};
  for (const line of wholeText(join(dir, CATEGORIES)).split('\n')) {
    if (line.trim() === '') continue;
    try {
      const { sha256, category } = JSON.parse(line);
      if (typeof sha256 === 'string') categories[sha256] = typeof category === 'string' ? category : null;
    } catch {
      throw new Stop(`${CATEGORIES} is damaged. Remove the file, and the categories are asked for again.`, 2);
    }
  }
  const writer = drafts[0]?.writer;
  return {
    statuses: Object.fromEntries(drafts.map((d) => [pairKey(d), d.status])),
    writer: writer?.kind === 'model' ? writer.sha256 : null,
    categories,
  };
}
