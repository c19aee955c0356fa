/** `evaluate`: the page's own run, driven in headless Chromium; writes a results folder and prints the tables. */
import { resolve } from 'node:path';
import { typed } from '../cli/typed.mjs';
import { conclude, drive } from '../drive/drive.mjs';
import { baseOf, mountDir, mountFiles, mountModel } from '../drive/mounts.mjs';
import { defaultOut, openOut, withOut } from '../drive/out.mjs';
import { createReporter } from '../drive/progress.mjs';
import { benchmarkFolder, optionalFolder, paraphraseChoice, promptChoice, readImport } from '../evaluate/inputs.mjs';
import { judgeFolder, modelFolder } from '../evaluate/models.mjs';
import { marksChoice } from '../evaluate/probes.mjs';
import { checkTogether, evaluateOptions } from '../evaluate/options.mjs';
import { serverChoice } from '../evaluate/server.mjs';
import { ending } from '../evaluate/verdict.mjs';

/** @typedef {import('../evaluate/options.mjs').EvaluateValues} EvaluateValues */
/** @typedef {import('../cli/types.ts').Call} Call */

/** What the page reads of a served model's own folder; never its weights. */
const PROCESSOR = [
  'config.json',
  'preprocessor_config.json',
  'processor_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
];

/**
 * @param {EvaluateValues} values
 * @param {Call} call
 */
async function importFiles(values, call) {
  const benchmark = benchmarkFolder(values.benchmark, call.here);
  const files = values.import.map((file) => readImport(file, call.here));
  const out = resolve(call.here, values.out ?? defaultOut(new Date(), benchmark.name, files[0]?.name ?? 'import'));
  openOut(out, false);
  const reporter = createReporter(process.stderr);
  return withOut(out, values.out !== null, async () => {
    const driven = await drive({
      useCase: 'import',
      request: {
        benchmark: { base: baseOf('benchmark'), name: benchmark.name },
        files,
        acceptPartial: values['accept-partial'],
        reading: { mcParser: values['mc-parser'] },
        limit: values.limit,
        command: typed(call),
      },
      mounts: async () => [await mountDir('benchmark', benchmark.dir)],
      out,
      reporter,
    });
    return conclude(driven, { out, reporter, goOn: '', tell: ending });
  });
}

/**
 * Every input that can be checked without a browser is checked here.
 * @param {EvaluateValues} values
 * @param {Call} call
 */
async function prepare(values, call) {
  const { here } = call;
  const benchmark = benchmarkFolder(values.benchmark, here);
  const prompts = promptChoice(values.prompts, here);
  const shots = optionalFolder('shots', values.shots, here);
  const judge = await judgeFolder(values.judge, values['judge-dtype'], here);
  const paraphrases = paraphraseChoice(values.paraphrases, here);
  const server = await serverChoice(values, here);
  const model = server
    ? { dir: '', name: server.name, revision: null }
    : await modelFolder(values.model, values.dtype, here);
  const marks = await marksChoice(values.marks, here);
  const out = resolve(here, values.out ?? defaultOut(new Date(), benchmark.name, model.name));
  const earlier = openOut(out, values.resume);
  /** @type {import('../../src/cli/evaluate-types.ts').EvaluateRequest} */
  const request = {
    benchmark: { base: baseOf('benchmark'), name: benchmark.name },
    server: server && { ...server.config, processor: server.processor === null ? null : baseOf('processor') },
    model: { base: baseOf('model'), name: model.name, revision: model.revision },
    methods: values.methods,
    prompts,
    shots: shots && { base: baseOf('shots'), name: shots.name },
    judge: values.judge === 'self' ? 'self' : judge && { base: baseOf('judge'), name: judge.name },
    judging: {
      explain: values['judge-explanations'],
      byRule: values['judge-by-rule'],
      selfTest: values['judge-test'],
      dtype: values['judge-dtype'],
    },
    paraphrases,
    probes: {
      seed: values['probe-seed'],
      flipAnswers: values['flip-answers'],
      ...(marks === null ? {} : { marks }),
    },
    reading: { mcParser: values['mc-parser'] },
    device: values.device,
    dtype: values.dtype,
    threads: values.threads,
    limit: values.limit,
    shard: values.shard,
    chat: { thinking: values.thinking, thoughtTokens: values['thought-tokens'] },
    allowUncertified: values['allow-uncertified'],
    command: typed(call),
    resume: earlier,
  };
  return { folders: { benchmark, model, shots, judge, server }, out, request };
}

/**
 * @param {Awaited<ReturnType<typeof prepare>>['folders']} folders
 */
async function mountsOf({ benchmark, model, shots, judge, server }) {
  const mounts = [await mountDir('benchmark', benchmark.dir)];
  if (server === null) mounts.push(await mountModel('model', model));
  else if (server.processor !== null) mounts.push(await mountFiles('processor', server.processor, PROCESSOR));
  if (judge) mounts.push(await mountModel('judge', judge));
  if (shots) mounts.push(await mountDir('shots', shots.dir));
  return mounts;
}

/**
 * @param {EvaluateValues} values
 * @param {readonly string[]} _positionals
 * @param {Call} call
 */
async function run(values, _positionals, call) {
  checkTogether(values);
  if (values.import.length > 0) return importFiles(values, call);
  const { folders, out, request } = await prepare(values, call);
  const reporter = createReporter(process.stderr);
  return withOut(out, values.out !== null, async () => {
    const { server } = folders;
    const driven = await drive({
      ...{ useCase: 'evaluate', request, mounts: () => mountsOf(folders), out, reporter },
      remote: server && { keys: server.keys, agreed: [server.host] },
    });
    return conclude(driven, { out, reporter, goOn: `--out ${out} --resume`, tell: ending });
  });
}

/** @satisfies {import('../cli/types.ts').Command<Awaited<ReturnType<typeof evaluateOptions>>>} */
export const command = {
  name: 'evaluate',
  summary: 'scores a benchmark of confusing image pairs with a vision-language model',
  about:
    'It runs in a headless Chrome or Chromium of this machine; nothing is uploaded, unless --server names a server elsewhere and --send-images-to agrees to it. Without options: the built-in benchmark of phantoms with the built-in model.',
  options: evaluateOptions,
  notes: `Tables go to standard output, everything else to standard error.
Exit codes: 0 all scored; 1 some selected question was not scored (named on standard error); 2 wrong arguments, unreadable input, or nothing that can run; 3 browser, device or model could not be had; 4 the device failed its check; 5 results could not be written; 130 stopped by Ctrl-C.`,
  run,
};
