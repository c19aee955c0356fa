/** `patterns`: general failure patterns of the pairs that a run fails, by the published prompt and a text model in headless Chromium. */
import { resolve } from 'node:path';
import { count, flag, text, wrong } from '../cli/kinds.mjs';
import { running, writer } from '../cli/text-model.mjs';
import { typed } from '../cli/typed.mjs';
import { conclude, drive } from '../drive/drive.mjs';
import { baseOf, mountModel } from '../drive/mounts.mjs';
import { defaultOut, makeOut, namesIn, withOut } from '../drive/out.mjs';
import { createReporter } from '../drive/progress.mjs';
import { writerFolder } from '../evaluate/models.mjs';
import { readSubjects } from '../results/read.mjs';
import { note, Stop } from '../say.mjs';

/** @typedef {import('../cli/types.ts').Call} Call */
/** @typedef {import('../../src/cli/patterns.ts').PatternsCliRequest} Request */

async function options() {
  return {
    benchmark: text('DIR', 'folder of the benchmark: its captions describe the images to the model'),
    writer,
    out: text('DIR', 'folder of the results; default: results/<time>-<benchmark>-patterns'),
    all: flag('show all pairs of the run, not only those that its best method fails'),
    'at-once': count('pairs a prompt (default: 100, as published); a prompt that is too long is halved', 100),
    'max-tokens': count('longest reply in tokens (default: 1024)', 1024),
    ...(await running()),
    'accept-partial': flag('take what can be taken of result files that have errors'),
  };
}

/** @typedef {import('../cli/types.ts').Values<Awaited<ReturnType<typeof options>>>} Values */

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
 * @param {Values} values
 * @param {readonly string[]} positionals
 * @param {Call} call
 */
async function run(values, [results = ''], call) {
  const { here } = call;
  const { benchmark, pairs } = await pairsOf(results, values, here);
  const model = await writerFolder(values.writer, here);
  const out = resolve(here, values.out ?? defaultOut(new Date(), benchmark.name, 'patterns'));
  if (namesIn(out).length > 0) throw new Stop(`${out} is not empty. Name another folder with --out.`, 2);
  makeOut(out);
  /** @type {Request} */
  const request = {
    benchmark: { name: benchmark.name, sha256: benchmark.sha256 },
    pairs,
    writer: { base: baseOf('writer'), name: model.name },
    ...{ device: values.device, dtype: values.dtype, threads: values.threads },
    ...{ atOnce: values['at-once'], maxTokens: values['max-tokens'], command: typed(call) },
  };
  const reporter = createReporter(process.stderr);
  const mounts = async () => [await mountModel('writer', model)];
  return withOut(out, values.out !== null, async () => {
    const driven = await drive({ useCase: 'patterns', request, mounts, out, reporter });
    return conclude(driven, {
      ...{ out, reporter, goOn: '' },
      tell: ({ files, words: print, none }) => ({ code: none ? 1 : 0, files, print }),
    });
  });
}

/** @satisfies {import('../cli/types.ts').Command<Awaited<ReturnType<typeof options>>>} */
export const command = {
  name: 'patterns',
  summary:
    'looks for general failure patterns among the pairs that a run fails, by the published prompt and a text model',
  about:
    'It runs in a headless Chrome or Chromium of this machine; nothing is uploaded. What the model finds is a draft: correct it on the page of the run, and assign it to pairs there by key.',
  positionals: { value: 'RESULTS', meaning: 'a results folder, an exported zip, or a result file', least: 1, most: 1 },
  options,
  notes: `Writes patterns.json (every reply, its pairs, the patterns found) and overlay.json, which the page takes in (Bring remarks from a file) and --overlay reads.
Exit codes: 0 patterns were found; 1 no reply held a list of patterns; 2 wrong arguments or unreadable input; 3 browser, device or model could not be had; 4 the device failed its check; 5 results could not be written; 130 stopped by Ctrl-C.`,
  run,
};
