/** `occlude`: where a model looks, found by the page in headless Chromium; writes occlusion.json and a picture of each pair. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { choice, count, dtype, flag, text, wrong } from '../cli/kinds.mjs';
import { typescript } from '../cli/source.mjs';
import { conclude, drive } from '../drive/drive.mjs';
import { baseOf, mountDir, mountModel } from '../drive/mounts.mjs';
import { defaultOut, makeOut, namesIn, withOut } from '../drive/out.mjs';
import { createReporter } from '../drive/progress.mjs';
import { benchmarkFolder, promptChoice } from '../evaluate/inputs.mjs';
import { modelFolder } from '../evaluate/models.mjs';
import { Stop } from '../say.mjs';

/** @typedef {import('../cli/types.ts').Call} Call */

const RESULT = 'occlusion.json';

async function options() {
  await typescript();
  const { DTYPES } = await import('../../src/core/models/dtypes.ts');
  const { LARGEST_GRID, USUAL_OCCLUSION } = await import('../../src/core/occlusion/plan.ts');
  const { methods } = await import('../../src/core/methods/registry.ts');
  const { grid, fill } = USUAL_OCCLUSION;
  const able = methods()
    .filter((m) => m.reads !== 'text')
    .map((m) => m.id);
  return {
    benchmark: text('DIR', 'folder of the benchmark; default: the built-in phantoms'),
    model: text('DIR|ID', 'folder of the model, or a model of the Hugging Face hub; default: the built-in one'),
    pair: text('ID', 'the pair whose two images are looked at; several with commas between, or all'),
    grid: {
      value: 'N',
      meaning: `cells along each side, 1 to ${LARGEST_GRID} (default: ${grid}); a map costs N times N encodes and one`,
      fallback: grid,
      parse: (/** @type {string} */ typed, /** @type {string} */ name) => {
        const n = Number(typed);
        if (!/^\d{1,3}$/.test(typed) || n < 1 || n > LARGEST_GRID)
          throw wrong(`--${name} must be a whole number from 1 to ${LARGEST_GRID}, not "${typed}".`);
        return n;
      },
    },
    fill: choice(
      'HOW',
      'blur (default) or grey: how a cell is hidden',
      'way to hide a cell',
      /** @type {const} */ (['grey', 'blur']),
      fill,
    ),
    method: choice('NAME', `${able.join(' or ')}: whose likelihoods are read (default: gd)`, 'method', able, 'gd'),
    regions: flag('hide each marked region of the benchmark too (marks.json)'),
    prompts: text(
      'FILE|NAME',
      'a prompt set: a file (FILE#NAME for one of several in it), or a built-in one by its name',
    ),
    device: choice(
      'KIND',
      'auto, webgpu or wasm (default: auto)',
      'device',
      /** @type {const} */ (['auto', 'webgpu', 'wasm']),
      'auto',
    ),
    dtype: dtype(`auto, ${DTYPES.join(', ')} for all files, or file=type,...`, DTYPES),
    threads: count('threads of the WASM device (default: the cores)', /** @type {const} */ ('auto')),
    out: text(
      'DIR',
      'folder of the results (default: results/<time>-<benchmark>-occlusion); what it holds is not made again',
    ),
    'allow-uncertified': flag('look although the device fails its check'),
  };
}

/** @typedef {import('../cli/types.ts').Values<Awaited<ReturnType<typeof options>>>} Values */

/**
 * The output folder: new, empty, or one with an earlier look, whose maps are not made again.
 * @param {string} dir
 */
function openLookOut(dir) {
  const found = namesIn(dir);
  if (found.length > 0 && !found.includes(RESULT))
    throw new Stop(`${dir} is not empty and holds no ${RESULT}. Name another folder with --out.`, 2);
  makeOut(dir);
  return found.includes(RESULT) ? readFileSync(join(dir, RESULT), 'utf8') : null;
}

/** @param {string | null} typed */
function pairsOf(typed) {
  const ids = (typed ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
  if (ids.length === 0) throw wrong('--pair ID says which pair is looked at; all looks at every pair.');
  return ids.includes('all') ? /** @type {const} */ ('all') : [...new Set(ids)];
}

/**
 * @param {Values} values
 * @param {Call} call
 */
async function prepare(values, { here }) {
  const pairs = pairsOf(values.pair);
  const benchmark = benchmarkFolder(values.benchmark, here);
  const prompts = promptChoice(values.prompts, here);
  const model = await modelFolder(values.model, values.dtype, here);
  const out = resolve(here, values.out ?? defaultOut(new Date(), benchmark.name, 'occlusion'));
  const { device, dtype, threads, regions, grid, fill, method } = values;
  /** @type {import('../../src/cli/occlude.ts').OccludeRequest} */
  const request = {
    benchmark: { base: baseOf('benchmark'), name: benchmark.name },
    model: { base: baseOf('model'), name: model.name },
    ...{ pairs, prompts, device, dtype, threads, regions },
    settings: { grid, fill, method },
    allowUncertified: values['allow-uncertified'],
    earlier: openLookOut(out),
  };
  return { request, out, folders: { benchmark, model } };
}

/**
 * @param {Values} values
 * @param {readonly string[]} _positionals
 * @param {Call} call
 */
async function run(values, _positionals, call) {
  const { request, out, folders } = await prepare(values, call);
  const reporter = createReporter(process.stderr);
  const mounts = async () => [
    await mountDir('benchmark', folders.benchmark.dir),
    await mountModel('model', folders.model),
  ];
  return withOut(out, values.out !== null, async () => {
    const driven = await drive({ useCase: 'occlude', request, mounts, out, reporter });
    return conclude(driven, {
      out,
      reporter,
      goOn: '',
      tell: ({ files, words: print }) => ({ code: 0, files, print }),
    });
  });
}

/** @satisfies {import('../cli/types.ts').Command<Awaited<ReturnType<typeof options>>>} */
export const command = {
  name: 'occlude',
  summary: 'shows where a model looks: what hiding each part of an image does to its answer',
  about:
    'It runs in a headless Chrome or Chromium of this machine; nothing is uploaded. It asks the question of a pair again with each cell of a grid hidden, and writes the change of log p(A) - log p(B).',
  options,
  notes: `Writes occlusion.json (every number) and a picture of both images with one colour scale. What --out holds already is not made again.
Exit codes: 0 done; 2 wrong arguments or unreadable input; 3 browser, device or model could not be had; 4 the device failed its check; 5 results could not be written; 130 stopped by Ctrl-C.`,
  run,
};
