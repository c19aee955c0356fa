/** `draft`: a question for every pair of a file of pairs, by the published prompt and a text model in headless Chromium; writes drafts.jsonl. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { exitCode } from '../cli/exit-code.mjs';
import { choice, count, flag, text, wrong } from '../cli/kinds.mjs';
import { typescript } from '../cli/source.mjs';
import { typed } from '../cli/typed.mjs';
import { conclude, drive } from '../drive/drive.mjs';
import { baseOf, mountDir, mountModel } from '../drive/mounts.mjs';
import { defaultOut, makeOut, namesIn, withOut } from '../drive/out.mjs';
import { createReporter } from '../drive/progress.mjs';
import { folder, folderName, writerFolder } from '../evaluate/inputs.mjs';
import { sendTexts, writerChoice } from '../evaluate/text-server.mjs';
import { Stop } from '../say.mjs';
import { ROOT } from '../setup/setup.mjs';

/** @typedef {import('../cli/types.ts').Call} Call */
/** @typedef {import('../../src/cli/draft.ts').DraftCliRequest} Request */
/** @typedef {import('../../src/cli/draft.ts').DraftOutcome} Outcome */

const DEMO = {
  collection: join(ROOT, 'public', 'benchmarks', 'phantoms'),
  writer: join(ROOT, 'public', 'models', 'phantom-writer'),
};
const DRAFTS = 'drafts.jsonl';
const CATEGORIES = 'categories.jsonl';
/** What a job was asked to do: one that goes on must ask the same, and build-benchmark finds the images by it. */
const JOB = 'job.json';
const DEVICES = /** @type {const} */ (['auto', 'webgpu', 'wasm']);
const DTYPES = /** @type {const} */ (['auto', 'fp32', 'fp16', 'q8', 'q4', 'q4f16']);

/**
 * A number within bounds.
 * @param {string} meaning
 * @param {number} fallback
 * @param {number} least
 * @param {number} most
 * @param {boolean} whole
 */
function number(meaning, fallback, least, most, whole) {
  return {
    value: 'N',
    meaning,
    fallback,
    parse: (/** @type {string} */ typed, /** @type {string} */ name) => {
      const n = Number(typed);
      if (typed.trim() === '' || !(n >= least && n <= most) || (whole && !Number.isInteger(n)))
        throw wrong(`--${name} must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}, not "${typed}".`);
      return n;
    },
  };
}

function options() {
  return {
    collection: text('DIR', 'folder of the images and their captions; default: the built-in phantoms'),
    pairs: text('FILE', 'table of pairs, as find-pairs writes it (pairs.csv)'),
    writer: text(
      'DIR',
      'folder of a text model, a model of the hub, or one behind a server (server:URL#NAME); default: the writer of the demo',
    ),
    'send-texts-to': sendTexts,
    out: text('DIR', 'folder of the results; default: results/<time>-<collection>-drafts'),
    categories: text(
      'LIST',
      'categories that the writer assigns: final (default), published, names with commas between, or collection for those that the collection has',
    ),
    'min-caption': number(
      'shortest caption of both images, in characters (default: 100, as published)',
      100,
      0,
      1e6,
      true,
    ),
    'max-tokens': number('longest reply in tokens (default: 256)', 256, 16, 8192, true),
    temperature: number(
      'temperature of the tries behind the first, which is greedy (default: 0.7)',
      0.7,
      0.01,
      5,
      false,
    ),
    limit: count('first so many pairs only', /** @type {null} */ (null)),
    device: choice('NAME', 'auto (default), webgpu or wasm', 'device', DEVICES, 'auto'),
    dtype: choice('TYPE', 'auto (default), fp32, fp16, q8, q4 or q4f16', 'type', DTYPES, 'auto'),
    threads: count('threads of WASM; default: all cores', /** @type {'auto'} */ ('auto')),
    discover: flag(
      'ask the writer for the categories of the captions (appendix A.2), print the list and draft nothing; the list is then given to --categories, edited or not',
    ),
    resume: flag('go on with the job in --out that was stopped'),
  };
}

/** @typedef {import('../cli/types.ts').Values<ReturnType<typeof options>>} Values */

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
 * The output folder: new, or one in which a job was stopped.
 * @param {string} dir
 * @param {boolean} resume
 * @returns {boolean} whether there is a job to go on with
 */
function openDraftsOut(dir, resume) {
  const found = namesIn(dir);
  if (found.length > 0 && !resume)
    throw new Stop(`${dir} is not empty. Name another folder with --out, or go on with the job in it by --resume.`, 2);
  if (found.length > 0 && !found.includes(JOB)) throw new Stop(`${dir} holds no drafts to go on with (no ${JOB}).`, 2);
  makeOut(dir);
  return found.length > 0;
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
 * @param {string} dir
 * @param {Readonly<Record<string, unknown>>} job
 */
function sameJob(dir, job) {
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
 * @returns {Promise<Request['earlier']>}
 */
async function earlierOf(dir) {
  await typescript();
  const { pairKey, readDrafts, writerKey } = await import('../../src/core/drafting/draft.ts');
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
    writer: writer?.kind === 'model' ? writerKey(writer) : null,
    categories,
  };
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
  const collection = values.collection === null ? DEMO.collection : folder('collection', values.collection, here);
  const writer = await writerChoice(values.writer, values['send-texts-to'], () =>
    writerFolder(values.writer ?? DEMO.writer, here),
  );
  const categories = await categoriesOf(values.categories);
  const name = folderName(collection);
  const out = resolve(here, values.out ?? defaultOut(new Date(), name, 'drafts'));
  const settings = { max_tokens: values['max-tokens'], temperature: values.temperature, top_p: 0.95 };
  const job = { format: 'lookalike-draft-job/1', collection, settings, categories, minCaption: values['min-caption'] };
  if (values.discover && values.resume) throw wrong('--discover asks one question: there is nothing to --resume.');
  const goesOn = openDraftsOut(out, values.resume);
  if (goesOn) sameJob(out, job);
  else if (!values.discover)
    writeFileSync(join(out, JOB), `${JSON.stringify({ ...job, pairs: resolve(here, values.pairs ?? '') }, null, 2)}\n`);
  /** @type {Request} */
  const request = {
    collection: { base: baseOf('collection'), name },
    pairs,
    writer: writer.named,
    ...{ device: values.device, dtype: values.dtype, threads: values.threads },
    ...{ settings, minCaption: values['min-caption'], limit: values.limit, categories },
    discover: values.discover,
    earlier: goesOn ? await earlierOf(out) : { statuses: {}, writer: null, categories: {} },
    command: typed(call),
  };
  return { request, out, collection, writer, fresh: !goesOn };
}

/**
 * @param {import('../../src/core/fault.ts').Result<Outcome>} result
 * @param {boolean} discover
 * @returns {import('../drive/drive.mjs').Ending}
 */
function ending(result, discover) {
  if (result.ok) {
    const { files, words: print, failed } = result.value;
    const lines =
      failed > 0 && !discover
        ? [`${failed} pairs have no draft for a reason that drafts.jsonl or summary.json tells.`]
        : [];
    return { code: failed > 0 ? 1 : 0, lines, files, print };
  }
  return { code: exitCode(result.fault.code), lines: [result.fault.message], files: [], print: '' };
}

/**
 * @param {Values} values
 * @param {readonly string[]} _positionals
 * @param {Call} call
 */
async function run(values, _positionals, call) {
  const { request, out, collection, writer, fresh } = await prepare(values, call);
  const reporter = createReporter(process.stderr);
  const mounts = async () => [
    await mountDir('collection', collection),
    ...(writer.folder === null ? [] : [await mountModel('writer', writer.folder)]),
  ];
  return withOut(out, values.out !== null, async () => {
    try {
      const driven = await drive({ useCase: 'draft', request, mounts, out, reporter, remote: writer.remote });
      return conclude(driven, {
        out,
        reporter,
        goOn: values.discover ? '' : `--out ${out} --resume`,
        tell: (r) => ending(r, values.discover),
      });
    } finally {
      // A job that drafted nothing leaves nothing.
      if (
        fresh &&
        existsSync(join(out, JOB)) &&
        !existsSync(join(out, DRAFTS)) &&
        !existsSync(join(out, CATEGORIES)) &&
        readdirSync(out).length === 1
      )
        rmSync(join(out, JOB), { force: true });
    }
  });
}

/** @satisfies {import('../cli/types.ts').Command<ReturnType<typeof options>>} */
export const command = {
  name: 'draft',
  summary: 'drafts a two-choice question for every pair of images by the published prompt and a text model',
  about:
    'It runs in a headless Chrome or Chromium of this machine; nothing is uploaded, unless --writer names a server elsewhere and --send-texts-to agrees to it. Pairs with a caption under 100 characters are left out and counted, as published. A reply that is no question, or breaks a rule of the prompt, is tried again with up to three seeds, and kept with its reason.',
  options,
  notes: `Writes drafts.jsonl (a line for each pair: question, every reply, writer, prompt, settings), categories.jsonl and summary.json. The next step is build-benchmark, or a review on the page.
Exit codes: 0 every pair has a question or tells no difference; 1 some pairs have none for another reason; 2 wrong arguments or unreadable input; 3 browser, device or model could not be had; 4 the device failed its check; 5 results could not be written; 130 stopped by Ctrl-C.`,
  run,
};
