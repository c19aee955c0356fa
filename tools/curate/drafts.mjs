/** Drafts, and what stands beside them: the job that made them, the images, the search that found the pairs. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { wrong } from '../cli/kinds.mjs';
import { Stop } from '../say.mjs';

/** @typedef {import('../../src/core/review/benchmark.ts').BenchmarkImage} BenchmarkImage */

/**
 * The drafts that --drafts names: a file, or the folder of a drafting job.
 * @param {string | null} path
 * @param {string} here
 */
export async function draftsOf(path, here) {
  if (path === null) throw wrong('Name the drafts with --drafts FILE; draft writes them (drafts.jsonl).');
  const given = resolve(here, path);
  if (!existsSync(given)) throw new Stop(`--drafts: there is no file ${path}.`, 2);
  const file = statSync(given).isDirectory() ? join(given, 'drafts.jsonl') : given;
  if (!existsSync(file)) throw new Stop(`--drafts: the folder ${path} holds no drafts.jsonl.`, 2);
  const { readDrafts } = await import('../../src/core/drafting/draft.ts');
  const { drafts, problems } = readDrafts(readFileSync(file, 'utf8'));
  const [first] = problems;
  if (first) throw new Stop(`${path}, line ${first.line}: ${first.message}`, 2);
  if (drafts.length === 0) throw new Stop(`${path} holds no draft.`, 2);
  return { file, drafts };
}

/** A JSON file beside the drafts; {} where there is none, or it cannot be read. */
export function beside(/** @type {string} */ file) {
  try {
    const value = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/**
 * The folder of the images: the one that is named, else the one that the job recorded.
 * @param {string | null} named
 * @param {Record<string, unknown>} job
 * @param {string} here
 */
export function collectionOf(named, job, here) {
  const recorded = job['collection'];
  const dir = named === null ? (typeof recorded === 'string' ? recorded : null) : resolve(here, named);
  if (dir === null)
    throw wrong('Beside the drafts stands no job.json that names their images: name the folder with --collection DIR.');
  if (!existsSync(dir) || !statSync(dir).isDirectory())
    throw new Stop(`The folder of the images ${named ?? dir} is not there: name it with --collection DIR.`, 2);
  return dir;
}

/** How the pairs were found, from the summary beside the table of pairs. */
export async function searchOf(/** @type {Record<string, unknown>} */ job) {
  const { at, isObject } = await import('../../src/core/json.ts');
  const pairs = job['pairs'];
  const summary = typeof pairs === 'string' ? beside(join(dirname(pairs), 'summary.json')) : {};
  if (summary.format !== 'lookalike-pairs/1') return null;
  const [med, gen] = ['med', 'gen'].map((k) => at(summary, 'thresholds', k));
  const encoders = isObject(summary.encoders) ? Object.entries(summary.encoders) : [];
  return {
    collection: typeof summary.collection === 'string' ? summary.collection : null,
    images: typeof summary.images === 'number' ? summary.images : null,
    thresholds: typeof med === 'number' && typeof gen === 'number' ? { med, gen } : null,
    encoders: encoders.map(([role, e]) => {
      const sha = at(e, 'sha256');
      return `${role === 'med' ? 'medical' : 'general'}: ${at(e, 'name')}${typeof sha === 'string' ? ` (SHA-256 ${sha})` : ''}`;
    }),
  };
}

/**
 * The bytes of the images, each proved to be the one that was drafted on.
 * @param {readonly BenchmarkImage[]} images
 * @param {string} collection
 */
export function imageBytes(images, collection) {
  const root = resolve(collection);
  return images.map(({ from, sha256, to }) => {
    const file = resolve(root, from);
    if (!file.startsWith(root + sep)) throw new Stop(`The drafts name an image outside the collection: ${from}.`, 2);
    if (!existsSync(file))
      throw new Stop(`The image ${from} is not in ${collection}. Name the folder it is in with --collection.`, 2);
    const bytes = readFileSync(file);
    if (createHash('sha256').update(bytes).digest('hex') !== sha256)
      throw new Stop(
        `The image ${from} in ${collection} is not the one that was drafted on: its SHA-256 is another.`,
        2,
      );
    return { to, bytes };
  });
}
