/** `build-benchmark`: drafts and review trails become a benchmark folder in the MediConfusion layout, with its card. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { count, flag, text, texts, wrong } from '../cli/kinds.mjs';
import { typescript } from '../cli/source.mjs';
import { namesIn } from '../drive/out.mjs';
import { writeFiles } from '../drive/write.mjs';
import { Stop, note } from '../say.mjs';
import { hash, trailText } from './verify-review.mjs';

/** @typedef {import('../cli/types.ts').Call} Call */
/** @typedef {import('../../src/core/drafting/draft.ts').Draft} Draft */
/** @typedef {import('../../src/core/review/benchmark.ts').BenchmarkImage} BenchmarkImage */

function options() {
  return {
    drafts: text('FILE', 'drafts.jsonl, as draft writes it'),
    reviews: texts('FILE', "an exported review trail; may be given several times, an adjudicator's among them"),
    unreviewed: flag('take every valid draft as it is; the benchmark then says "not reviewed" everywhere'),
    collection: text('DIR', 'folder of the images; default: the one that the drafts were made from'),
    out: text('DIR', 'folder of the benchmark'),
    least: count(
      'least score of both questions of a kept pair (default: as the trails say; published: 5)',
      /** @type {null} */ (null),
    ),
    name: text('TEXT', "name of the benchmark; default: the folder's"),
    license: text('TEXT', 'licence of the images and questions, for the dataset card'),
  };
}

/** @typedef {import('../cli/types.ts').Values<ReturnType<typeof options>>} Values */

/**
 * @param {string | null} path
 * @param {string} here
 */
async function draftsOf(path, here) {
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
function beside(/** @type {string} */ file) {
  try {
    const value = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/**
 * @param {Values} values
 * @param {Record<string, unknown>} job
 * @param {string} here
 */
function collectionOf(values, job, here) {
  const recorded = job['collection'];
  const dir =
    values.collection === null ? (typeof recorded === 'string' ? recorded : null) : resolve(here, values.collection);
  if (dir === null)
    throw wrong('Beside the drafts stands no job.json that names their images: name the folder with --collection DIR.');
  if (!existsSync(dir) || !statSync(dir).isDirectory())
    throw new Stop(
      `The folder of the images ${values.collection ?? dir} is not there: name it with --collection DIR.`,
      2,
    );
  return dir;
}

/** How the pairs were found, from the summary beside the table of pairs. */
async function searchOf(/** @type {Record<string, unknown>} */ job) {
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
 * The trails, each proved and of these drafts.
 * @param {readonly string[]} paths
 * @param {readonly Draft[]} drafts
 * @param {string} here
 */
async function trailsOf(paths, drafts, here) {
  const { verifyTrail } = await import('../../src/core/review/chain.ts');
  const { reviewed } = await import('../../src/core/review/resolve.ts');
  const { draftsHash } = await import('../../src/core/review/subject.ts');
  const subject = await draftsHash(drafts, hash);
  const trails = [];
  for (const path of paths) {
    const result = await verifyTrail(trailText(path, here), hash);
    if (!result.ok) throw new Stop(`${path} is broken (${result.broken.kind}). ${result.broken.message}`, 2);
    const trail = reviewed(drafts, result.events);
    if (trail === null) throw new Stop(`${path} holds no review.`, 2);
    if (trail.opening.drafts !== subject)
      throw new Stop(`${path} is a review of other drafts than these. Name the drafts.jsonl that was reviewed.`, 2);
    const twin = trails.findIndex(
      (t) => t.opening.reviewer === trail.opening.reviewer && t.opening.role === trail.opening.role,
    );
    if (twin >= 0)
      throw new Stop(
        `${path} and ${paths[twin]} are both trails of ${trail.opening.reviewer}. Name each reviewer once.`,
        2,
      );
    trails.push(trail);
  }
  if (!trails.some((t) => t.opening.role === 'reviewer'))
    throw wrong("--reviews names an adjudicator's trail only; name those of the reviewers too.");
  return trails;
}

/**
 * @param {readonly import('../../src/core/review/resolve.ts').Reviewed[]} trails
 * @param {number | null} asked
 */
function thresholdsOf(trails, asked) {
  if (asked !== null && asked > 10) throw wrong('--least is a score from 1 to 10.');
  const said = [...new Set(trails.map((t) => t.opening.thresholds.least))];
  if (asked === null && said.length > 1)
    throw wrong(
      `The trails were made with different least scores (${said.join(', ')}): say which counts with --least.`,
    );
  return { least: asked ?? said[0] ?? 5 };
}

/** @param {string | null} path @param {string} here */
function outOf(path, here) {
  if (path === null) throw wrong('Name the folder of the benchmark with --out DIR.');
  const out = resolve(here, path);
  if (namesIn(out).length > 0) throw new Stop(`${path} is not empty. Name another folder with --out.`, 2);
  return out;
}

/**
 * Copies the images, each proved to be the one that was drafted on.
 * @param {readonly BenchmarkImage[]} images
 * @param {string} collection
 */
function imageBytes(images, collection) {
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

/**
 * @param {Values} values
 * @param {readonly string[]} _positionals
 * @param {Call} call
 */
async function run(values, _positionals, { here }) {
  if (values.unreviewed === values.reviews.length > 0)
    throw wrong('Name the review trails with --reviews FILE, or ask for --unreviewed.');
  await typescript();
  const { VERSION } = await import('../../src/core/version.ts');
  const { benchmarkFiles, reviewedEntries, unreviewedEntries } = await import('../../src/core/review/benchmark.ts');
  const { agreementCsv, checksCsv, datasetCard, droppedCounts } = await import('../../src/core/review/card.ts');
  const { printChecks } = await import('../../src/core/review/print-checks.ts');
  const { agreements, resolve: resolved } = await import('../../src/core/review/resolve.ts');
  const { NOT_REVIEWED } = await import('../../src/core/benchmark/reviewed.ts');
  const { OFFICIAL_ANSWERING } = await import('../../src/core/prompts/builtin.ts');
  const { file, drafts } = await draftsOf(values.drafts, here);
  const out = outOf(values.out, here);
  const job = beside(join(dirname(file), 'job.json'));
  const collection = collectionOf(values, job, here);
  const trails = values.unreviewed ? null : await trailsOf(values.reviews, drafts, here);
  const thresholds = thresholdsOf(trails ?? [], values.least);
  const outcomes = trails && resolved(drafts, trails, thresholds);
  const entries = outcomes ? reviewedEntries(outcomes) : unreviewedEntries(drafts);
  const made = benchmarkFiles(entries, outcomes !== null, OFFICIAL_ANSWERING);
  const review = trails && outcomes && { trails, outcomes, agreements: agreements(trails, thresholds), thresholds };
  const facts = {
    ...{
      name: values.name ?? basename(out),
      license: values.license,
      lookalike: VERSION,
      madeAt: new Date().toISOString(),
    },
    ...{ pairs: made.pairs, images: made.images.length, drafts, search: await searchOf(job), review },
    checks: printChecks(made.printed),
  };
  const dropped = Object.entries(droppedCounts(facts)).map(([reason, n]) => `${n} ${reason}`);
  const left = dropped.length > 0 ? ` Left out: ${dropped.join(', ')}.` : '';
  if (made.pairs === 0) throw new Stop(`No pair enters the benchmark.${left}`, 2);
  const images = imageBytes(made.images, collection);
  writeFiles(out, [
    ...made.files,
    { path: 'README.md', text: datasetCard(facts) },
    ...(facts.checks.size > 0 ? [{ path: 'review/checks.csv', text: checksCsv(facts.checks) }] : []),
    ...(review && review.agreements.length > 0
      ? [{ path: 'review/agreement.csv', text: agreementCsv(review.agreements) }]
      : []),
    ...images.map(({ to, bytes }) => ({ path: to, bytes })),
  ]);
  process.stdout.write(`${made.pairs} pairs of ${images.length} images.${left}\n`);
  if (facts.checks.size > 0)
    process.stdout.write(`${facts.checks.size} pairs are flagged by the checks before print (review/checks.csv).\n`);
  if (!review) process.stdout.write(`${NOT_REVIEWED}\n`);
  for (const a of review?.agreements ?? []) process.stdout.write(`${a.names.join(' and ')}: ${percentWords(a)}\n`);
  note(`Benchmark: ${out}`);
  return 0;
}

/** @param {import('../../src/core/review/resolve.ts').PairOfReviewers} a */
function percentWords({ decisions, scores }) {
  const n = (/** @type {number | null} */ x, /** @type {number} */ digits) =>
    x === null ? 'not defined' : x.toFixed(digits);
  return `${n(decisions.percent, 1)}% of ${decisions.n} decisions alike, kappa ${n(decisions.kappa, 4)}; scores of ${scores.n} questions: kappa ${n(scores.kappa, 4)}, quadratically weighted ${n(scores.weighted, 4)}.`;
}

/** @satisfies {import('../cli/types.ts').Command<ReturnType<typeof options>>} */
export const command = {
  name: 'build-benchmark',
  summary: 'makes a benchmark folder in the MediConfusion layout from drafts and review trails',
  about:
    "Only pairs that the reviewers kept enter; where reviewers differ, an adjudicator's trail decides, and what nobody decided is left out. Every trail is proved first (verify-review).",
  options,
  notes: `Writes data/dataset.json and .csv, data/images by local id, data/stats/statistics.json, data/image_dict.json, configs/prompts, README.md (the dataset card) and, for several reviewers, review/agreement.csv.
Exit codes: 0 written; 2 wrong arguments, a broken trail, an image that is not the drafted one, or no pair that enters; 5 the folder could not be written.`,
  run,
};
