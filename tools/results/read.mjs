/** Results as a person names them on the command line: results folders, exports of the page as a zip, and result files of the benchmark's own code. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { typescript } from '../cli/source.mjs';
import { benchmarkFolder } from '../evaluate/inputs.mjs';
import { Stop } from '../say.mjs';
import { listFolder } from '../serve/server.mjs';
import { textsOf } from './texts.mjs';

/** @typedef {import('../../src/core/benchmark/types.ts').Benchmark} Benchmark */
/** @typedef {import('../../src/core/reports/subject.ts').Subject} Subject */

/**
 * The questions of a benchmark folder; its images are not read.
 * @param {{dir: string, name: string}} folder
 */
export async function readQuestions({ dir, name }) {
  await typescript();
  const { readQuestionsOf } = await import('../../src/app/read-results.ts');
  const files = await listFolder(dir);
  return readQuestionsOf(
    name,
    files,
    async (path) => new Uint8Array(await readFile(join(dir, path))),
    (bytes) => createHash('sha256').update(bytes).digest('hex'),
  );
}

/**
 * The benchmark of some results: the one that is named, else the built-in one where the results are of it, else none.
 * @param {string | null} path as typed
 * @param {string} here
 */
async function benchmarks(path, here) {
  const own = path === null ? null : benchmarkFolder(path, here);
  const named = own && (await readQuestions(own));
  const ours = benchmarkFolder(null, here);
  const builtIn = await readQuestions(ours);
  return {
    /** @param {string} sha256 */
    of: (sha256) =>
      named?.sha256 === sha256
        ? { benchmark: named, dir: own?.dir ?? null }
        : builtIn.sha256 === sha256
          ? { benchmark: builtIn, dir: ours.dir }
          : null,
    named,
    dir: own?.dir ?? null,
  };
}

/**
 * A results folder or an exported zip, or the text of an official file.
 * @param {string} path as typed
 * @param {string} here
 * @returns {Promise<{name: string, of: (file: string) => string | null} | {name: string, text: string}>}
 */
async function opened(path, here) {
  const full = resolve(here, path);
  if (!existsSync(full)) throw new Stop(`There is no folder or file ${path}.`, 2);
  const of = await textsOf(path, full);
  if (of !== null) return { name: path, of };
  if (/\.json$/i.test(path)) return { name: basename(path), text: readFileSync(full, 'utf8') };
  throw new Stop(
    `${path} is no results. Name results folders, exported zips, or result files of the benchmark's own code (<model>_mc.json).`,
    2,
  );
}

/**
 * The last part of each path, where that tells them apart.
 * @param {readonly string[]} paths
 */
function shortNames(paths) {
  const last = paths.map((path) => basename(path));
  return new Set(last).size === last.length ? last : paths;
}

/**
 * Everything that a comparison or a report is about.
 * @param {readonly string[]} paths as typed
 * @param {{benchmark: string | null, overlay: string | null, acceptPartial: boolean}} options
 * @param {string} here
 * @returns {Promise<{subjects: readonly Subject[], overlay: import('../../src/core/overlay/overlay.ts').Overlay | null, notes: readonly string[], folders: readonly (string | null)[]}>}
 */
export async function readSubjects(paths, options, here) {
  await typescript();
  const read = await import('../../src/app/read-results.ts');
  const { subjectOf } = await import('../../src/core/reports/subject.ts');
  const { readFolder } = await import('../../src/app/results/folder.ts');
  const { officialRuns } = await import('../../src/app/results/official.ts');
  const { readOfficialFiles } = await import('../../src/core/exchange/import-files.ts');
  const { titlesOf } = await import('../../src/core/reports/differences.ts');
  const given = await Promise.all(paths.map((path) => opened(path, here)));
  const known = await benchmarks(options.benchmark, here);
  const official = given.filter((g) => 'text' in g);
  if (official.length > 0 && known.named === null)
    throw new Stop(
      `${official.map((f) => f.name).join(', ')}: result files of the benchmark's own code name only ids; say with --benchmark DIR which benchmark they answer.`,
      2,
    );
  const runs = given.flatMap((g) => ('text' in g ? [] : [readFolder(g.name, g.of)]));
  const imported =
    known.named === null || official.length === 0
      ? []
      : officialRuns(readOfficialFiles(official, known.named), known.named, { acceptPartial: options.acceptPartial });
  const all = [...runs, ...imported.map((r) => ({ ...r, benchmark: null }))];
  const titles = titlesOf(
    all.map((r) => r.info),
    shortNames(all.map((r) => r.name)),
  );
  const found = all.map((r) => known.of(r.info.benchmark.sha256));
  const subjects = all.map((r, i) =>
    subjectOf(titles[i] ?? r.name, r.info, r.records, found[i]?.benchmark ?? r.benchmark),
  );
  const unknown = subjects.filter((s) => !s.questions);
  const notes = [
    ...all.flatMap((r) => r.notes),
    ...(unknown.length > 0
      ? [
          `${unknown.map((s) => s.title).join(', ')}: the benchmark ${unknown[0]?.info.benchmark.name} (${unknown[0]?.info.benchmark.sha256.slice(0, 8)}) is not at hand${options.benchmark === null ? '' : ', and --benchmark is another one'}, so nothing is said by category or pattern. Name its folder with --benchmark.`,
        ]
      : []),
  ];
  return {
    subjects,
    overlay: overlayOf(read.readOverlay, options.overlay, here, subjects[0] ?? null),
    notes,
    folders: found.map((f) => f?.dir ?? null),
  };
}

/**
 * @param {typeof import('../../src/app/read-results.ts').readOverlay} readOverlay
 * @param {string | null} path
 * @param {string} here
 * @param {Subject | null} subject
 */
function overlayOf(readOverlay, path, here, subject) {
  if (path === null) return null;
  const full = resolve(here, path);
  if (!existsSync(full)) throw new Stop(`--overlay: there is no file ${path}.`, 2);
  return readOverlay(path, readFileSync(full, 'utf8'), subject?.benchmark ?? null);
}
