/** `patterns`: general failure patterns of the pairs that a run fails, by the published prompt and a text model in headless Chromium. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { exitCode } from '../cli/exit-code.mjs';
import { choice, count, flag, text, wrong } from '../cli/kinds.mjs';
import { typed } from '../cli/typed.mjs';
import { conclude, drive } from '../drive/drive.mjs';
import { mountModel } from '../drive/mounts.mjs';
import { defaultOut, makeOut, namesIn, withOut } from '../drive/out.mjs';
import { createReporter } from '../drive/progress.mjs';
import { folder, folderName, isHubId } from '../evaluate/inputs.mjs';
import { sendTexts, writerChoice } from '../evaluate/text-server.mjs';
import { cacheFolder, fetchModel } from '../hub/fetch-model.mjs';
import { readSubjects } from '../results/read.mjs';
import { note, Stop } from '../say.mjs';
import { ROOT } from '../setup/setup.mjs';

/** @typedef {import('../cli/types.ts').Call} Call */
/** @typedef {import('../../src/cli/patterns.ts').PatternsCliRequest} Request */
/** @typedef {import('../../src/cli/patterns.ts').PatternsOutcome} Outcome */

const WRITER = join(ROOT, 'public', 'models', 'phantom-writer');
const DEVICES = /** @type {const} */ (['auto', 'webgpu', 'wasm']);
const DTYPES = /** @type {const} */ (['auto', 'fp32', 'fp16', 'q8', 'q4', 'q4f16']);

function options() {
  return {
    benchmark: text('DIR', 'folder of the benchmark: its captions describe the images to the model'),
    writer: text(
      'DIR|ID',
      'folder of a text model, a model of the hub, or one behind a server (server:URL#NAME); default: the writer of the demo',
    ),
    'send-texts-to': sendTexts,
    out: text('DIR', 'folder of the results; default: results/<time>-<benchmark>-patterns'),
    all: flag('show all pairs of the run, not only those that its best method fails'),
    'at-once': count('pairs a prompt (default: 100, as published); a prompt that is too long is halved', 100),
    'max-tokens': count('longest reply in tokens (default: 1024)', 1024),
    device: choice('NAME', 'auto (default), webgpu or wasm', 'device', DEVICES, 'auto'),
    dtype: choice('TYPE', 'auto (default), fp32, fp16, q8, q4 or q4f16', 'type', DTYPES, 'auto'),
    threads: count('threads of WASM; default: all cores', /** @type {'auto'} */ ('auto')),
    'accept-partial': flag('take what can be taken of result files that have errors'),
  };
}

/** @typedef {import('../cli/types.ts').Values<ReturnType<typeof options>>} Values */

/**
 * @param {string | null} path a folder, or owner/name of the hub
 * @param {string} here
 */
async function writerFolder(path, here) {
  if (path !== null && isHubId(path, here)) {
    note(`There is no folder ${path} here: fetching the model ${path} from the hub.`);
    return fetchModel({ id: path, dtype: 'auto', dir: cacheFolder(path) });
  }
  const given = path === null ? WRITER : folder('writer', path, here);
  const dir = existsSync(join(given, 'config.json')) ? given : join(given, 'model');
  if (!existsSync(join(dir, 'config.json')))
    throw new Stop(`--writer: ${path} holds no config.json. Name the folder of a text model.`, 2);
  return { dir, name: folderName(given), revision: null };
}

/**
 * The pairs that are shown to the model.
 * @param {string} results as typed
 * @param {Values} values
 * @param {string} here
 */
async function pairsOf(results, values, here) {
  const { subjects, notes } = await readSubjects(
    [results],
    { benchmark: values.benchmark, overlay: null, acceptPartial: values['accept-partial'] },
    here,
  );
  for (const line of notes) note(line);
  const [subject, other] = subjects;
  if (!subject || other) throw wrong('Patterns are looked for in one run: name one results folder.');
  if (!subject.questions)
    throw new Stop(`${results}: its benchmark is not at hand. Name its folder with --benchmark.`, 2);
  const { failedPairs, patternPairs } = await import('../../src/app/draft-patterns.ts');
  const pairs = values.all ? subject.benchmark.pairs : failedPairs(subject);
  if (pairs.length === 0) throw new Stop(`${results} fails no pair, so there is no pattern to look for.`, 2);
  if (pairs.every((p) => p.images.every((i) => i.caption === null)))
    note('No caption describes these images: the model is shown the questions alone. --benchmark DIR gives captions.');
  return { benchmark: subject.info.benchmark, pairs: patternPairs(pairs) };
}

/**
 * @param {import('../../src/core/fault.ts').Result<Outcome>} result
 * @returns {import('../drive/drive.mjs').Ending}
 */
function ending(result) {
  if (!result.ok) return { code: exitCode(result.fault.code), lines: [result.fault.message], files: [], print: '' };
  const { files, words: print, none } = result.value;
  return { code: none ? 1 : 0, lines: [], files, print };
}

/**
 * @param {Values} values
 * @param {readonly string[]} positionals
 * @param {Call} call
 */
async function run(values, [results = ''], call) {
  const { here } = call;
  const { benchmark, pairs } = await pairsOf(results, values, here);
  const writer = await writerChoice(values.writer, values['send-texts-to'], () => writerFolder(values.writer, here));
  const out = resolve(here, values.out ?? defaultOut(new Date(), benchmark.name, 'patterns'));
  if (namesIn(out).length > 0) throw new Stop(`${out} is not empty. Name another folder with --out.`, 2);
  makeOut(out);
  /** @type {Request} */
  const request = {
    benchmark: { name: benchmark.name, sha256: benchmark.sha256 },
    pairs,
    writer: writer.named,
    ...{ device: values.device, dtype: values.dtype, threads: values.threads },
    ...{ atOnce: values['at-once'], maxTokens: values['max-tokens'], command: typed(call) },
  };
  const reporter = createReporter(process.stderr);
  const mounts = async () => (writer.folder === null ? [] : [await mountModel('writer', writer.folder)]);
  return withOut(out, values.out !== null, async () => {
    const driven = await drive({ useCase: 'patterns', request, mounts, out, reporter, remote: writer.remote });
    return conclude(driven, { out, reporter, goOn: '', tell: ending });
  });
}

/** @satisfies {import('../cli/types.ts').Command<ReturnType<typeof options>>} */
export const command = {
  name: 'patterns',
  summary:
    'looks for general failure patterns among the pairs that a run fails, by the published prompt and a text model',
  about:
    'It runs in a headless Chrome or Chromium of this machine; nothing is uploaded, unless --writer names a server elsewhere and --send-texts-to agrees to it. What the model finds is a draft: correct it on the page of the run, and assign it to pairs there by key.',
  positionals: { value: 'RESULTS', meaning: 'a results folder, an exported zip, or a result file', least: 1, most: 1 },
  options,
  notes: `Writes patterns.json (every reply, its pairs, the patterns found) and overlay.json, which the page takes in (Bring remarks from a file) and --overlay reads.
Exit codes: 0 patterns were found; 1 no reply held a list of patterns; 2 wrong arguments or unreadable input; 3 browser, device or model could not be had; 4 the device failed its check; 5 results could not be written; 130 stopped by Ctrl-C.`,
  run,
};
