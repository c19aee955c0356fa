/** `lint-benchmark`: what gives the answers of a benchmark away, and which of its pairs confuse the models that were run on it. */
import { resolve } from 'node:path';
import { number, text, texts, wrong } from '../cli/kinds.mjs';
import { typescript } from '../cli/source.mjs';
import { running } from '../cli/text-model.mjs';
import { typed } from '../cli/typed.mjs';
import { conclude, drive } from '../drive/drive.mjs';
import { baseOf, mountDir, mountModel } from '../drive/mounts.mjs';
import { defaultOut, withOut } from '../drive/out.mjs';
import { createReporter } from '../drive/progress.mjs';
import { writeFiles } from '../drive/write.mjs';
import { benchmarkFolder } from '../evaluate/inputs.mjs';
import { modelFolder, writerFolder } from '../evaluate/models.mjs';
import { newFolder, readResultsFolder } from '../results/folder.mjs';
import { readQuestions } from '../results/read.mjs';
import { note, Stop } from '../say.mjs';

/** @typedef {import('../cli/types.ts').Call} Call */
/** @typedef {import('../../src/core/benchmark/types.ts').Benchmark} Benchmark */
/** @typedef {import('../../src/core/review/lint.ts').BlindFound} BlindFound */
/** @typedef {import('../../src/cli/lint.ts').LintOutcome} Outcome */

async function options() {
  await typescript();
  const { BLIND_TIMES } = await import('../../src/core/review/blind.ts');
  return {
    benchmark: text('DIR', 'folder of the benchmark; default: the built-in phantoms'),
    writer: text(
      'DIR|ID',
      'a text model that is asked every question without its image, such as the writer of the drafts',
    ),
    model: text('DIR|ID', 'a vision-language model that is asked every question without its image'),
    run: texts(
      'RESULTS',
      'results of a model on this benchmark, by which its pairs are ranked: those that confuse first; may be given several times',
    ),
    times: number(
      'N',
      `an option is flagged that is so many times as likely as the other without an image (default: ${BLIND_TIMES})`,
      BLIND_TIMES,
      'a number above 1',
      (n) => n > 1 && n <= 1e6,
    ),
    out: text('DIR', 'folder of the results; default: results/<time>-<benchmark>-checks'),
    ...(await running()),
  };
}

/** @typedef {import('../cli/types.ts').Values<Awaited<ReturnType<typeof options>>>} Values */

/**
 * The model that is asked without images; null where none is named.
 * @param {Values} values
 * @param {string} here
 */
async function blindModel(values, here) {
  if (values.writer !== null && values.model !== null)
    throw wrong('Name either --writer or --model: one model is asked at a time.');
  if (values.model !== null)
    return { kind: /** @type {const} */ ('vision'), folder: await modelFolder(values.model, values.dtype, here) };
  if (values.writer === null) return null;
  return { kind: /** @type {const} */ ('text'), folder: await writerFolder(values.writer, here) };
}

/**
 * Results, each of this benchmark.
 * @param {readonly string[]} paths
 * @param {Benchmark} benchmark
 * @param {Values} values
 * @param {string} here
 */
async function runsOf(paths, benchmark, values, here) {
  const runs = [];
  for (const path of paths) {
    const run = await readResultsFolder(path, values.benchmark, here);
    if (run.info.benchmark.sha256 !== benchmark.sha256)
      throw new Stop(
        `--run: ${path} answers ${run.info.benchmark.name} (${run.info.benchmark.sha256.slice(0, 8)}), and this benchmark is ${benchmark.name} (${benchmark.sha256.slice(0, 8)}). Name results of this one.`,
        2,
      );
    runs.push({ path, id: run.info.model.id, records: run.records });
  }
  return runs;
}

/**
 * Everything that is found, as files and words.
 * @param {Benchmark} benchmark
 * @param {Awaited<ReturnType<typeof runsOf>>} runs
 * @param {Outcome | null} asked
 * @param {{times: number, command: string}} settings
 */
async function findings(benchmark, runs, asked, { times, command }) {
  const { checksCsv } = await import('../../src/core/review/card.ts');
  const { confusionCsv, confusionRank } = await import('../../src/core/review/confusion.ts');
  const { blindCsv, lintPairs } = await import('../../src/core/review/lint.ts');
  const { VERSION } = await import('../../src/core/version.ts');
  const { pairs } = benchmark;
  /** @type {BlindFound | null} */
  const blind = asked && { by: asked.model.id, odds: new Map(Object.entries(asked.odds)) };
  const flags = lintPairs(pairs, blind, times);
  const rank = confusionRank(
    pairs,
    runs.map((r) => r.records),
  );
  const kinds = [...flags.values()].flat().map((f) => f.kind);
  /** @type {Record<string, number>} */
  const counts = { length: 0, giveaway: 0, duplicate: 0, ...(blind ? { blind: 0 } : {}) };
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  const summary = {
    ...{ format: 'lookalike-checks/1', lookalike: VERSION, command },
    benchmark: { name: benchmark.name, sha256: benchmark.sha256, pairs: pairs.length },
    ...{
      flagged: flags.size,
      counts,
      times,
      asked: asked?.model ?? null,
      unasked: asked?.unasked ?? {},
    },
    runs: runs.map(({ path, id }) => ({ path, model: id })),
  };
  const files = [
    { path: 'checks.csv', text: checksCsv(flags) },
    ...(blind ? [{ path: 'blind.csv', text: blindCsv(pairs, blind) }] : []),
    ...(runs.length > 0 ? [{ path: 'confusion.csv', text: confusionCsv(rank) }] : []),
    { path: 'summary.json', text: `${JSON.stringify(summary, null, 2)}\n` },
  ];
  return { files, print: wordsOf(pairs.length, flags.size, counts, runs.length > 0 ? rank : null) };
}

/**
 * @param {number} pairs
 * @param {number} flagged
 * @param {Readonly<Record<string, number>>} counts
 * @param {readonly import('../../src/core/review/confusion.ts').Confusion[] | null} rank
 */
function wordsOf(pairs, flagged, counts, rank) {
  const named = {
    length: 'options of very different length',
    giveaway: 'giveaway word',
    duplicate: 'asked twice',
    blind: 'likelier without the image',
  };
  const each = Object.entries(named).flatMap(([kind, what]) => (kind in counts ? [`${counts[kind]} ${what}`] : []));
  const lines = [`${flagged} of ${pairs} pairs flagged: ${each.join(', ')}.`];
  if (rank) {
    const missed = rank.filter((c) => c.missed > 0);
    const first = missed
      .slice(0, 5)
      .map((c) => `${c.pair} (${c.missed} of ${c.asked} missed, ${c.same} with one answer to both images)`);
    lines.push(`${missed.length} of ${pairs} pairs confuse.${first.length > 0 ? ` First: ${first.join('; ')}.` : ''}`);
  }
  return lines.join('\n');
}

/**
 * @param {Values} values
 * @param {readonly string[]} _positionals
 * @param {Call} call
 */
async function run(values, _positionals, call) {
  const { here } = call;
  const benchmark = benchmarkFolder(values.benchmark, here);
  const questions = await readQuestions(benchmark);
  if (questions.pairs.length === 0) throw new Stop(`${benchmark.name} holds no pair that can be asked.`, 2);
  const model = await blindModel(values, here);
  const runs = await runsOf(values.run, questions, values, here);
  const out = resolve(here, values.out ?? defaultOut(new Date(), benchmark.name, 'checks'));
  newFolder(out);
  const settings = { times: values.times, command: typed(call) };
  return withOut(out, values.out !== null, async () => {
    if (model === null) {
      const { files, print } = await findings(questions, runs, null, settings);
      writeFiles(out, files);
      process.stdout.write(`${print}\n`);
      note(`Results: ${out}`);
      return 0;
    }
    const reporter = createReporter(process.stderr);
    /** @type {import('../../src/cli/lint.ts').LintRequest} */
    const request = {
      benchmark: { base: baseOf('benchmark'), name: benchmark.name },
      model: { base: baseOf('model'), name: model.folder.name },
      ...{ kind: model.kind, device: values.device, dtype: values.dtype, threads: values.threads },
    };
    const mounts = async () => [await mountDir('benchmark', benchmark.dir), await mountModel('model', model.folder)];
    const driven = await drive({ useCase: 'lint', request, mounts, out, reporter });
    const found = driven.result?.ok ? await findings(questions, runs, driven.result.value, settings) : {};
    return conclude(driven, {
      ...{ out, reporter, goOn: '' },
      tell: ({ unasked }) => {
        const lines = Object.entries(unasked).map(([pair, why]) => `  Pair ${pair} was not asked: ${why}`);
        return { code: lines.length > 0 ? 1 : 0, lines, ...found };
      },
    });
  });
}

/** @satisfies {import('../cli/types.ts').Command<Awaited<ReturnType<typeof options>>>} */
export const command = {
  name: 'lint-benchmark',
  summary:
    'checks a benchmark before print: options that give the answer away, with and without a model, and what confuses',
  about:
    'Options of very different length, a giveaway word in one option, and a question asked twice are found without a model. With --writer or --model every question is asked without its image, its options in both orders: an option that is likelier in both is flagged. With --run, results of a model on this benchmark (reviewed or not) rank its pairs by how much they confuse, so that a review begins with those.',
  options,
  notes: `Writes checks.csv (a row for each flag), summary.json, blind.csv where a model was asked without images, and confusion.csv where results are named.
Exit codes: 0 everything was checked, whatever was found; 1 some questions could not be asked; 2 wrong arguments or unreadable input; 3 browser, device or model could not be had; 4 the device failed its check; 5 results could not be written; 130 stopped by Ctrl-C.`,
  run,
};
