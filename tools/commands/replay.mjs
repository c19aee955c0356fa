/** `replay`: repeats the run of a bundle with a model and a benchmark that are here, and says item by item whether it came out the same. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { STOPPED } from '../cli/exit-code.mjs';
import { choice, count, dtype, text, wrong } from '../cli/kinds.mjs';
import { typescript } from '../cli/source.mjs';
import { conclude, drive } from '../drive/drive.mjs';
import { baseOf, mountDir, mountModel } from '../drive/mounts.mjs';
import { createReporter } from '../drive/progress.mjs';
import { writeFiles } from '../drive/write.mjs';
import { benchmarkFolder, optionalFolder, promptChoice } from '../evaluate/inputs.mjs';
import { modelFolder } from '../evaluate/models.mjs';
import { Stop } from '../say.mjs';

const DEVICES = /** @type {const} */ (['recorded', 'auto', 'webgpu', 'wasm']);

async function options() {
  await typescript();
  const { DTYPES } = await import('../../src/core/models/dtypes.ts');
  return {
    benchmark: text('DIR', 'folder of the benchmark; default: the built-in one'),
    model: text('DIR|ID', 'folder of the model, or a model of the hub; default: the built-in one'),
    shots: text('DIR', 'folder with the images that a few-shot prompt set shows'),
    prompts: text('FILE|NAME', "another prompt set than the bundle's, to see what it changes"),
    device: choice(
      'KIND',
      'recorded (default), auto, webgpu or wasm; recorded: as in the bundle',
      'device',
      DEVICES,
      'recorded',
    ),
    dtype: dtype(`one of ${DTYPES.join(', ')}, or file=type,...; default: the bundle's`, DTYPES),
    threads: count("threads of the WASM device; default: the bundle's", /** @type {null} */ (null)),
    limit: count('the first N pairs of the bundle only', /** @type {null} */ (null)),
    out: text('FILE.json', 'the comparison as data: every item with its state, difference and causes'),
  };
}

/** @typedef {import('../cli/types.ts').Values<Awaited<ReturnType<typeof options>>>} Values */

/**
 * The texts of a bundle; what is no bundle is refused before a browser is started.
 * @param {string} path as typed
 * @param {string} here
 */
async function readTexts(path, here) {
  const full = resolve(here, path);
  if (!existsSync(full)) throw new Stop(`There is no bundle ${path}.`, 2);
  if (statSync(full).isDirectory())
    throw new Stop(`${path} is a folder. Make a bundle of it first: lookalike bundle ${path} --out FILE.zip`, 2);
  const { bundleOf } = await import('../../src/app/results/bundle.ts');
  const { readZip } = await import('../../src/app/results/zip.ts');
  const texts = await readZip(path, new Uint8Array(readFileSync(full)));
  const { info } = await bundleOf(path, texts);
  return { texts: Object.fromEntries(texts), info };
}

/**
 * @param {import('../../src/cli/replay.ts').ReplayOutcome} outcome
 * @param {typeof import('../../src/core/exchange/replay.ts')} words
 * @returns {import('../drive/drive.mjs').Ending}
 */
function ending({ report, state, fault }, { itemLine, replayLines }) {
  const print = [...report.items.map(itemLine), '', ...replayLines(report)].join('\n');
  const changed = report.differs.some((d) => d.startsWith('bundle: '));
  const same = !changed && report.items.every((i) => i.state !== 'different');
  const lines = fault === null ? [] : [fault.message];
  return { code: state === 'stopped' ? STOPPED : same ? 0 : 1, lines, print };
}

/**
 * @param {Values} values
 * @param {readonly string[]} positionals
 * @param {import('../cli/types.ts').Call} call
 */
async function run(values, [path = ''], { here }) {
  const { texts, info } = await readTexts(path, here);
  const words = await import('../../src/core/exchange/replay.ts');
  if (values.out !== null && !/\.json$/i.test(values.out)) throw wrong('--out is a file that ends with .json.');
  const benchmark = benchmarkFolder(values.benchmark, here);
  const shots = optionalFolder('shots', values.shots, here);
  const model = await modelFolder(values.model, values.dtype === 'auto' ? info.model.dtype : values.dtype, here);
  /** @type {import('../../src/cli/replay.ts').ReplayRequest} */
  const request = {
    ...{ name: path, texts },
    benchmark: { base: baseOf('benchmark'), name: benchmark.name },
    model: { base: baseOf('model'), name: model.name },
    shots: shots && { base: baseOf('shots'), name: shots.name },
    prompts: values.prompts === null ? null : promptChoice(values.prompts, here),
    device: values.device === 'recorded' ? null : values.device,
    dtype: values.dtype === 'auto' ? null : values.dtype,
    threads: values.threads,
    limit: values.limit,
  };
  const mounts = async () => {
    const all = [await mountDir('benchmark', benchmark.dir), await mountModel('model', model)];
    return shots ? [...all, await mountDir('shots', shots.dir)] : all;
  };
  const reporter = createReporter(process.stderr);
  const driven = await drive({ useCase: 'replay', request, mounts, reporter });
  if (values.out !== null && driven.result?.ok) {
    const out = resolve(here, values.out);
    writeFiles(dirname(out), [
      { path: basename(out), text: `${JSON.stringify(driven.result.value.report, null, 2)}\n` },
    ]);
  }
  return conclude(driven, { out: null, reporter, goOn: '', tell: (outcome) => ending(outcome, words) });
}

/** @satisfies {import('../cli/types.ts').Command<Awaited<ReturnType<typeof options>>>} */
export const command = {
  name: 'replay',
  summary:
    'repeats the run of a bundle with your model and benchmark, and says item by item whether it came out the same',
  about:
    'Each item is bit-equal, within tolerance, or different, and then why: another model file, prompt, image, library or device. It runs in a headless Chrome or Chromium of this machine; nothing is uploaded.',
  positionals: { value: 'FILE.zip', meaning: 'a bundle that lookalike bundle made', least: 1, most: 1 },
  options,
  notes: `Exit codes: 0 all bit-equal or within tolerance; 1 something differs, or a part of the bundle was changed (named on standard output); 2 wrong arguments or an unreadable bundle; 3 browser, device or model could not be had; 130 stopped by Ctrl-C.`,
  run,
};
