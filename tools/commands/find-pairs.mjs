/** `find-pairs`: every confusing pair of a collection, found by the page in headless Chromium; writes pairs.csv, summary.json and the embeddings. */
import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { choice, count, flag, text, wrong } from '../cli/kinds.mjs';
import { typescript } from '../cli/source.mjs';
import { typed } from '../cli/typed.mjs';
import { conclude, drive } from '../drive/drive.mjs';
import { baseOf, mountDir, mountModel } from '../drive/mounts.mjs';
import { defaultOut, makeOut, namesIn, withOut } from '../drive/out.mjs';
import { createReporter } from '../drive/progress.mjs';
import { folder, folderName } from '../evaluate/inputs.mjs';
import { isHubId, placed } from '../evaluate/models.mjs';
import { cacheFolder, fetchModel } from '../hub/fetch-model.mjs';
import { Stop, note } from '../say.mjs';
import { ROOT } from '../setup/setup.mjs';

/** @typedef {import('../cli/types.ts').Call} Call */
/** @typedef {import('../../src/cli/find-pairs.ts').FindPairsOutcome} Outcome */

const DEMO = {
  collection: join(ROOT, 'public', 'benchmarks', 'phantoms'),
  med: join(ROOT, 'public', 'models', 'phantom-clip'),
  gen: join(ROOT, 'public', 'models', 'phantom-dino'),
};
/** What a run that was stopped goes on from (src/cli/find-pairs.ts). */
const PARTIAL = 'embeddings.partial.jsonl';
const DEVICES = /** @type {const} */ (['auto', 'webgpu', 'wasm']);

/**
 * A cosine as a threshold.
 * @param {string} meaning
 * @param {number} fallback
 */
function cosine(meaning, fallback) {
  return {
    value: 'X',
    meaning,
    fallback,
    parse: (/** @type {string} */ typed, /** @type {string} */ name) => {
      const x = Number(typed);
      if (typed.trim() === '' || !(x >= -1 && x <= 1))
        throw wrong(`--${name} must be a cosine from -1 to 1, not "${typed}".`);
      return x;
    },
  };
}

/** Encoders as typed: two folders or hub ids with a comma between. */
const encodersOption = {
  value: 'MED,GEN',
  meaning:
    'folders of the medical and the general encoder, or models of the hub; vlm:DIR takes the vision tower of a vision-language model; default: the two of the demo',
  fallback: /** @type {readonly string[] | null} */ (null),
  parse: (/** @type {string} */ typed, /** @type {string} */ name) => {
    const names = typed.split(',').map((n) => n.trim());
    if (names.length !== 2 || names.includes(''))
      throw wrong(`--${name} names two encoders with a comma between: MED,GEN.`);
    return names;
  },
};

/** A whole number from 0 on. */
function whole(/** @type {string} */ meaning, /** @type {number} */ fallback) {
  return {
    value: 'N',
    meaning,
    fallback,
    parse: (/** @type {string} */ typed, /** @type {string} */ name) => {
      if (!/^\d{1,9}$/.test(typed)) throw wrong(`--${name} must be a whole number, not "${typed}".`);
      return Number(typed);
    },
  };
}

function options() {
  return {
    collection: text(
      'DIR',
      'folder of images, with captions in the layout of ROCO, ROCOv2, PMC-OA or MediConfusion, or in a table, or without',
    ),
    encoders: encodersOption,
    med: cosine('least similarity to the medical encoder (default: 0.9)', 0.9),
    gen: cosine('most similarity to the general encoder (default: 0.75)', 0.75),
    out: text('DIR', 'folder of the results; default: results/<time>-<collection>-pairs'),
    sample: count('so many pairs, drawn by chance; default: all, the widest gap first', /** @type {null} */ (null)),
    seed: whole('seed of the draw (default: 0)', 0),
    cap: count('most pairs that one image is in', /** @type {null} */ (null)),
    'min-caption': whole('shortest caption of both images, in characters (the paper: 100; default: any)', 0),
    embeddings: text(
      'DIR',
      'folder with med.npy and gen.npy (or .parquet, or one embeddings.parquet) made elsewhere, and images.csv for the image of each row',
    ),
    device: choice('NAME', 'auto (default), webgpu or wasm', 'device', DEVICES, 'auto'),
    threads: count('threads of WASM and of the search; default: all cores', /** @type {'auto'} */ ('auto')),
    resume: flag('go on with the run in --out that was stopped'),
  };
}

/** @typedef {import('../cli/types.ts').Values<ReturnType<typeof options>>} Values */

/**
 * An encoder as it was named: a folder or a model of the hub, or by `vlm:` before it a vision-language model whose vision tower is meant.
 * @param {string} named
 * @param {string} here
 */
async function encoder(named, here) {
  await typescript();
  const { encoderNamed } = await import('../../src/core/discovery/encoders.ts');
  const { name, part } = encoderNamed(named);
  return { ...(await folderOf(name, here)), part };
}

/**
 * The folder of a model that was named, fetched where it is one of the hub.
 * @param {string} path a folder, or owner/name of the hub
 * @param {string} here
 */
async function folderOf(path, here) {
  if (isHubId(path, here)) {
    note(`There is no folder ${path} here: fetching the encoder ${path} from the hub.`);
    return fetchModel({ id: path, dtype: 'fp32', dir: cacheFolder(path) });
  }
  const found = placed('encoders', path, here);
  if (!existsSync(join(found.dir, 'config.json')))
    throw new Stop(
      `--encoders: ${path} holds no config.json. An encoder's folder has config.json, preprocessor_config.json and an onnx folder.`,
      2,
    );
  return found;
}

/**
 * The output folder: new, or one in which a run was stopped.
 * @param {string} dir
 * @param {boolean} resume
 */
function openPairsOut(dir, resume) {
  const found = namesIn(dir);
  if (found.length > 0 && !resume)
    throw new Stop(`${dir} is not empty. Name another folder with --out, or go on with the run in it by --resume.`, 2);
  if (found.length > 0 && !found.some((name) => name === PARTIAL || name === 'summary.json'))
    throw new Stop(`${dir} holds no search for pairs to go on with.`, 2);
  makeOut(dir);
  return found.includes(PARTIAL);
}

/**
 * Every input that can be checked without a browser is checked here.
 * @param {Values} values
 * @param {Call} call
 */
async function prepare(values, call) {
  const { here } = call;
  const embeddings = values.embeddings === null ? null : folder('embeddings', values.embeddings, here);
  if (embeddings !== null && values.encoders !== null)
    throw wrong('Name either --encoders or --embeddings: given embeddings are not made again.');
  const asked = values.collection === null ? null : folder('collection', values.collection, here);
  const collection = asked ?? (embeddings === null ? DEMO.collection : null);
  const [medName, genName] = values.encoders ?? [DEMO.med, DEMO.gen];
  const encoders =
    embeddings === null ? { med: await encoder(medName ?? '', here), gen: await encoder(genName ?? '', here) } : null;
  const name = folderName(collection ?? embeddings ?? '');
  const out = resolve(here, values.out ?? defaultOut(new Date(), name, 'pairs'));
  const partial = openPairsOut(out, values.resume);
  /** @type {import('../../src/cli/find-pairs.ts').FindPairsCliRequest} */
  const request = {
    collection: collection === null ? null : { base: baseOf('collection'), name },
    encoders: encoders && {
      med: { base: baseOf('med'), name: encoders.med.name, part: encoders.med.part },
      gen: { base: baseOf('gen'), name: encoders.gen.name, part: encoders.gen.part },
    },
    embeddings: embeddings === null ? null : { base: baseOf('embeddings'), name: folderName(embeddings) },
    thresholds: { med: values.med, gen: values.gen },
    sample: values.sample,
    seed: values.seed,
    cap: values.cap,
    minCaption: values['min-caption'],
    device: values.device,
    threads: values.threads,
    command: typed(call),
    resume: partial ? { base: baseOf('resume'), name: 'resume' } : null,
  };
  return { request, out, folders: { collection, encoders, embeddings, resume: partial ? out : null } };
}

/**
 * @param {Awaited<ReturnType<typeof prepare>>['folders']} folders
 */
async function mountsOf({ collection, encoders, embeddings, resume }) {
  const mounts = [];
  if (collection !== null) mounts.push(await mountDir('collection', collection));
  if (encoders) mounts.push(await mountModel('med', encoders.med), await mountModel('gen', encoders.gen));
  if (embeddings !== null) mounts.push(await mountDir('embeddings', embeddings));
  if (resume !== null) mounts.push(await mountDir('resume', resume));
  return mounts;
}

/**
 * @param {Outcome} outcome
 * @returns {import('../drive/drive.mjs').Ending}
 */
function ending({ files, words: print, leftOut }) {
  if (leftOut === 0) return { code: 0, files, print };
  const images = leftOut === 1 ? 'image' : 'images';
  return { code: 1, lines: [`${leftOut} ${images} could not be embedded; summary.json says why.`], files, print };
}

/**
 * @param {Values} values
 * @param {readonly string[]} _positionals
 * @param {Call} call
 */
async function run(values, _positionals, call) {
  const { request, out, folders } = await prepare(values, call);
  const reporter = createReporter(process.stderr);
  return withOut(out, values.out !== null, async () => {
    const driven = await drive({ useCase: 'find-pairs', request, mounts: () => mountsOf(folders), out, reporter });
    const code = conclude(driven, { out, reporter, goOn: `--out ${out} --resume`, tell: ending });
    // What was on its way has arrived.
    if (code === 0 || code === 1) rmSync(join(out, PARTIAL), { force: true });
    return code;
  });
}

/** @satisfies {import('../cli/types.ts').Command<ReturnType<typeof options>>} */
export const command = {
  name: 'find-pairs',
  summary: 'finds every pair of images that a medical encoder takes for the same and a general one sees apart',
  about:
    'It runs in a headless Chrome or Chromium of this machine; nothing is uploaded. Without options: the built-in phantoms with the two encoders of the demo.',
  options,
  notes: `Writes pairs.csv, summary.json, images.csv, and med.npy and gen.npy unless they were given.
Exit codes: 0 all compared; 1 some images could not be embedded (named in summary.json); 2 wrong arguments or unreadable input; 3 browser, device or model could not be had; 4 the device failed its check; 5 results could not be written; 130 stopped by Ctrl-C.`,
  run,
};
