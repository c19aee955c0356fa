/** `build-benchmark`: drafts and review trails become a benchmark folder in the MediConfusion layout, with its card. */
import { basename, dirname, join, resolve } from 'node:path';
import { count, flag, text, texts, wrong } from '../cli/kinds.mjs';
import { typescript } from '../cli/source.mjs';
import { beside, collectionOf, draftsOf, imageBytes, searchOf } from '../curate/drafts.mjs';
import { trailsOf } from '../curate/trails.mjs';
import { namesIn } from '../drive/out.mjs';
import { writeFiles } from '../drive/write.mjs';
import { Stop, note } from '../say.mjs';

/** @typedef {import('../cli/types.ts').Call} Call */

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
  const collection = collectionOf(values.collection, job, here);
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
