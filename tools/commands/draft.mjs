/** `draft`: a question for every pair of a file of pairs, by the published prompt and a text model in headless Chromium; writes drafts.jsonl. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { count, flag, number, text, wrong } from '../cli/kinds.mjs';
import { typescript } from '../cli/source.mjs';
import { running, writer } from '../cli/text-model.mjs';
import { typed } from '../cli/typed.mjs';
import { forgetEmptyJob, openJob, writeJob } from '../curate/draft-job.mjs';
import { conclude, drive } from '../drive/drive.mjs';
import { baseOf, mountDir, mountModel } from '../drive/mounts.mjs';
import { defaultOut, withOut } from '../drive/out.mjs';
import { createReporter } from '../drive/progress.mjs';
import { folder, folderName } from '../evaluate/inputs.mjs';
import { writerFolder } from '../evaluate/models.mjs';
import { Stop } from '../say.mjs';
import { ROOT } from '../setup/setup.mjs';

/** @typedef {import('../cli/types.ts').Call} Call */
/** @typedef {import('../../src/cli/draft.ts').DraftCliRequest} Request */
/** @typedef {import('../../src/cli/draft.ts').DraftOutcome} Outcome */

const COLLECTION = join(ROOT, 'public', 'benchmarks', 'phantoms');

async function options() {
  return {
    collection: text('DIR', 'folder of the images and their captions; default: the built-in phantoms'),
    pairs: text('FILE', 'table of pairs, as find-pairs writes it (pairs.csv)'),
    writer,
    out: text('DIR', 'folder of the results; default: results/<time>-<collection>-drafts'),
    categories: text(
      'LIST',
      'categories that the writer assigns: final (default), published, names with commas between, or collection for those that the collection has',
    ),
    'min-caption': number(
      'N',
      'shortest caption of both images, in characters (default: 100, as published)',
      100,
      'a whole number from 0 to 1000000',
      (n) => Number.isInteger(n) && n >= 0 && n <= 1e6,
    ),
    'max-tokens': number(
      'N',
      'longest reply in tokens (default: 256)',
      256,
      'a whole number from 16 to 8192',
      (n) => Number.isInteger(n) && n >= 16 && n <= 8192,
    ),
    temperature: number(
      'N',
      'temperature of the tries behind the first, which is greedy (default: 0.7)',
      0.7,
      'a number from 0.01 to 5',
      (n) => n >= 0.01 && n <= 5,
    ),
    limit: count('first so many pairs only', /** @type {null} */ (null)),
    ...(await running()),
    discover: flag(
      'ask the writer for the categories of the captions (appendix A.2), print the list and draft nothing; the list is then given to --categories, edited or not',
    ),
    resume: flag('go on with the job in --out that was stopped'),
  };
}

/** @typedef {import('../cli/types.ts').Values<Awaited<ReturnType<typeof options>>>} Values */

/**
 * @param {string | null} path
 * @param {string} here
 */
function pairsFile(path, here) {
  if (path === null) throw wrong('Name the table of pairs with --pairs FILE; find-pairs writes one.');
  const file = resolve(here, path);
  if (!existsSync(file)) throw new Stop(`--pairs: there is no file ${path}.`, 2);
  if (statSync(file).isDirectory()) throw new Stop(`--pairs: ${path} is a folder; name the file in it.`, 2);
  return { name: basename(file), text: readFileSync(file, 'utf8') };
}

/** @param {string | null} typed */
async function categoriesOf(typed) {
  if (typed === 'collection') return null;
  await typescript();
  const { categoryList } = await import('../../src/core/drafting/categories.ts');
  const list = categoryList(typed ?? 'final');
  if (list === null) throw wrong('--categories names no category.');
  return list;
}

/**
 * Every input that can be checked without a browser is checked here.
 * @param {Values} values
 * @param {Call} call
 */
async function prepare(values, call) {
  const { here } = call;
  const pairs = pairsFile(values.pairs, here);
  const collection = values.collection === null ? COLLECTION : folder('collection', values.collection, here);
  const model = await writerFolder(values.writer, here);
  const categories = await categoriesOf(values.categories);
  const name = folderName(collection);
  const out = resolve(here, values.out ?? defaultOut(new Date(), name, 'drafts'));
  const settings = { max_tokens: values['max-tokens'], temperature: values.temperature, top_p: 0.95 };
  const job = { format: 'lookalike-draft-job/1', collection, settings, categories, minCaption: values['min-caption'] };
  if (values.discover && values.resume) throw wrong('--discover asks one question: there is nothing to --resume.');
  const earlier = await openJob(out, values.resume, job);
  if (!earlier && !values.discover) writeJob(out, { ...job, pairs: resolve(here, values.pairs ?? '') });
  /** @type {Request} */
  const request = {
    collection: { base: baseOf('collection'), name },
    pairs,
    writer: { base: baseOf('writer'), name: model.name },
    ...{ device: values.device, dtype: values.dtype, threads: values.threads },
    ...{ settings, minCaption: values['min-caption'], limit: values.limit, categories },
    discover: values.discover,
    earlier: earlier ?? { statuses: {}, writer: null, categories: {} },
    command: typed(call),
  };
  return { request, out, collection, model, fresh: earlier === null };
}

/**
 * @param {Outcome} outcome
 * @param {boolean} discover
 * @returns {import('../drive/drive.mjs').Ending}
 */
function ending({ files, words: print, failed }, discover) {
  const lines =
    failed > 0 && !discover
      ? [`${failed} pairs have no draft for a reason that drafts.jsonl or summary.json tells.`]
      : [];
  return { code: failed > 0 ? 1 : 0, lines, files, print };
}

/**
 * @param {Values} values
 * @param {readonly string[]} _positionals
 * @param {Call} call
 */
async function run(values, _positionals, call) {
  const { request, out, collection, model, fresh } = await prepare(values, call);
  const reporter = createReporter(process.stderr);
  const mounts = async () => [await mountDir('collection', collection), await mountModel('writer', model)];
  return withOut(out, values.out !== null, async () => {
    try {
      const driven = await drive({ useCase: 'draft', request, mounts, out, reporter });
      return conclude(driven, {
        out,
        reporter,
        goOn: values.discover ? '' : `--out ${out} --resume`,
        tell: (outcome) => ending(outcome, values.discover),
      });
    } finally {
      if (fresh) forgetEmptyJob(out);
    }
  });
}

/** @satisfies {import('../cli/types.ts').Command<Awaited<ReturnType<typeof options>>>} */
export const command = {
  name: 'draft',
  summary: 'drafts a two-choice question for every pair of images by the published prompt and a text model',
  about:
    'It runs in a headless Chrome or Chromium of this machine; nothing is uploaded. Pairs with a caption under 100 characters are left out and counted, as published. A reply that is no question, or breaks a rule of the prompt, is tried again with up to three seeds, and kept with its reason.',
  options,
  notes: `Writes drafts.jsonl (a line for each pair: question, every reply, writer, prompt, settings), categories.jsonl and summary.json. The next step is build-benchmark, or a review on the page.
Exit codes: 0 every pair has a question or tells no difference; 1 some pairs have none for another reason; 2 wrong arguments or unreadable input; 3 browser, device or model could not be had; 4 the device failed its check; 5 results could not be written; 130 stopped by Ctrl-C.`,
  run,
};
