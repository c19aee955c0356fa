/** `bundle`: results as one zip that another lab can replay, without images and weights. */
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { exitCode, STOPPED } from '../cli/exit-code.mjs';
import { text, wrong } from '../cli/kinds.mjs';
import { drive } from '../drive/drive.mjs';
import { baseOf, mountDir, mountModel } from '../drive/mounts.mjs';
import { createReporter } from '../drive/progress.mjs';
import { writeFiles } from '../drive/write.mjs';
import { benchmarkFolder, optionalFolder } from '../evaluate/inputs.mjs';
import { modelFolder } from '../evaluate/models.mjs';
import { readResultsFolder } from '../results/folder.mjs';
import { Stop, note } from '../say.mjs';

function options() {
  return {
    out: text('FILE.zip', 'the bundle'),
    benchmark: text('DIR', 'the benchmark, for results of versions that wrote no benchmark.json, and for --model'),
    model: text(
      'DIR|ID',
      "the run's model: with it the bundle holds the token ids of every prompt, too (needs a browser and the images of --benchmark)",
    ),
    shots: text('DIR', 'with --model: folder with the images that a few-shot prompt set shows'),
  };
}

/** @typedef {import('../cli/types.ts').Values<ReturnType<typeof options>>} Values */

/**
 * The prompts of a bundle as the run's model reads them.
 * @param {string} path
 * @param {Uint8Array} bundle
 * @param {Values} values
 * @param {string} here
 */
async function renderedPrompts(path, bundle, values, here) {
  const { readZip } = await import('../../src/app/results/zip.ts');
  const texts = Object.fromEntries(await readZip(path, bundle));
  const benchmark = benchmarkFolder(values.benchmark, here);
  const model = await modelFolder(values.model, 'auto', here);
  const shots = optionalFolder('shots', values.shots, here);
  const request = {
    ...{ name: path, texts },
    benchmark: { base: baseOf('benchmark'), name: benchmark.name },
    model: { base: baseOf('model'), name: model.name },
    shots: shots && { base: baseOf('shots'), name: shots.name },
  };
  const mounts = async () => {
    const all = [await mountDir('benchmark', benchmark.dir), await mountModel('model', model)];
    return shots ? [...all, await mountDir('shots', shots.dir)] : all;
  };
  const reporter = createReporter(process.stderr);
  const { result, asked } = await drive({ useCase: 'render-prompts', request, mounts, reporter });
  if (result === null)
    throw new Stop(asked ? 'Stopped.' : 'The browser ended in the middle of the work.', asked ? STOPPED : 3);
  if (!result.ok) throw new Stop(result.fault.message, exitCode(result.fault.code));
  return result.value;
}

/**
 * @param {Values} values
 * @param {readonly string[]} positionals
 * @param {import('../cli/types.ts').Call} call
 */
async function run(values, [path = ''], { here }) {
  if (values.out === null) throw wrong('--out FILE.zip is missing: the bundle to write.');
  const out = resolve(here, values.out);
  if (!/\.zip$/i.test(out)) throw wrong(`--out: a bundle is a zip; name it ${basename(out)}.zip.`);
  if (existsSync(out) && statSync(out).isDirectory()) throw new Stop(`--out: ${values.out} is a folder.`, 2);
  const results = await readResultsFolder(path, values.benchmark, here);
  const { writeBundle } = await import('../../src/app/results/bundle.ts');
  const plain = await writeBundle(results);
  const rendered = values.model === null ? null : await renderedPrompts(path, plain, values, here);
  const bytes = rendered === null ? plain : await writeBundle(results, rendered);
  writeFiles(dirname(out), [{ path: basename(out), bytes }]);
  process.stdout.write(`${values.out}\n`);
  const prompts = rendered === null ? '' : ` and ${rendered.length} prompts with their token ids`;
  note(
    `${results.records.length} records of ${path}${prompts}, ${bytes.length} bytes; no image and no weight is in it.`,
  );
  return 0;
}

/** @satisfies {import('../cli/types.ts').Command<ReturnType<typeof options>>} */
export const command = {
  name: 'bundle',
  summary: 'packs results into one zip that another lab can replay, without images and weights',
  about:
    'The bundle holds run.json, the records, the questions, the prompt sets, the plan, token ids, hashes of all files, and the certificate. It needs no browser and no model; with --model it renders the prompts as well.',
  positionals: { value: 'RESULTS', meaning: 'a results folder', least: 1, most: 1 },
  options,
  notes:
    'Exit codes: 0 written; 2 wrong arguments, or results that cannot be read or replayed; 5 the bundle could not be written.',
  run,
};
