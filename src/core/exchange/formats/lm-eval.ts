import { methodName } from '../../methods/labels.ts';
import { recordKey, type ScoredRecord } from '../../records/record.ts';
import type { RunInfo } from '../../records/run-info.ts';
import { indexRecords, pairAnswers } from '../../statistics/counts.ts';
import type { MethodSummary } from '../../statistics/summary.ts';
import { canonicalJson, strictJson } from '../canonical.ts';
import type { DerivedRun } from '../derived.ts';
import type { ResultText } from '../results-folder.ts';
import { promptText, questionsOf, type Question } from './asked.ts';
import { fractions, standardError } from './rates.ts';

/*
 * The files of lm-evaluation-harness (--log_samples): results_<time>.json and, for each task, samples_<task>_<time>.jsonl below a folder named after the
 * model. A method is a task; a document is a question. Metrics are fractions, unrounded; their standard errors take questions (acc) and pairs (set_acc) as
 * independent, as the harness does.
 */

/** SHA-256 of a text, hex. */
export type Hash = (text: string) => Promise<string>;

export async function lmEvalFiles(derived: DerivedRun, hash: Hash): Promise<readonly ResultText[]> {
  const { run, summary } = derived;
  const folder = run.model.id.replace(/["<>:/|\\?*[\]]+/g, '__');
  const time = (run.finishedAt ?? run.startedAt).replace(/Z$/, '').replace(/:/g, '-');
  const tasks = Object.keys(summary.methods).map((method) => ({ method, task: taskOf(run, method) }));
  const samples = await Promise.all(tasks.map(({ method }) => samplesOf(derived, method, hash)));
  const hashes = await Promise.all(
    samples.map((rows) => hash(rows.map((s) => s.doc_hash + s.prompt_hash + s.target_hash).join(''))),
  );
  const results = resultsOf(derived, tasks, folder, new Map(tasks.map(({ task }, i) => [task, hashes[i] ?? ''])));
  return [
    { path: `${folder}/results_${time}.json`, text: `${strictJson(results, 2)}\n` },
    ...tasks.map(({ task }, i) => ({
      path: `${folder}/samples_${task}_${time}.jsonl`,
      text: (samples[i] ?? []).map((s) => `${strictJson(s)}\n`).join(''),
    })),
  ];
}

/** A task's name, which the harness allows letters, digits and underscores. */
function taskOf({ benchmark }: RunInfo, method: string): string {
  return `lookalike_${benchmark.name}_${method}`.replace(/[^A-Za-z0-9]+/g, '_');
}

interface Task {
  readonly method: string;
  readonly task: string;
}

function resultsOf(
  { run, benchmark, summary }: DerivedRun,
  tasks: readonly Task[],
  folder: string,
  hashes: ReadonlyMap<string, string>,
): object {
  const each = <T>(of: (t: Task, m: MethodSummary) => T): Readonly<Record<string, T>> =>
    Object.fromEntries(
      tasks.flatMap((t) => {
        const m = summary.methods[t.method];
        return m ? [[t.task, of(t, m)]] : [];
      }),
    );
  const started = Date.parse(run.startedAt) / 1000;
  return {
    results: each(({ method, task }, m) => metricsOf(task, methodName(method), m)),
    group_subtasks: each(() => []),
    configs: each(({ method, task }) => ({
      ...{ task, dataset_path: benchmark.name, output_type: 'multiple_choice', num_fewshot: 0 },
      ...{ description: methodName(method), metadata: { version: run.scoringVersion, method } },
    })),
    versions: each(() => run.scoringVersion),
    'n-shot': each(() => run.promptSet.fewShot?.shots.length ?? 0),
    higher_is_better: each(() => ({ acc: true, set_acc: true, confusion: false, invalid: false, precision: true })),
    'n-samples': each((_, m) => ({ original: benchmark.pairs.length * 2, effective: m.counts.pairs * 2 })),
    config: {
      ...{
        model: 'lookalike',
        model_args: { pretrained: run.model.id, dtype: run.model.dtype, device: run.device.kind },
      },
      ...{ batch_size: 1, batch_sizes: [], device: run.device.kind, use_cache: null, limit: null, bootstrap_iters: 0 },
      ...{ model_revision: run.model.revision ?? '', model_sha: modelHash(run) },
    },
    git_hash: null,
    date: started,
    pretty_env_info: `Lookalike ${run.lookalike}, ${run.device.browser}`,
    lookalike_version: run.lookalike,
    model_source: 'lookalike',
    model_name: run.model.id,
    model_name_sanitized: folder,
    system_instruction: run.promptSet.prompts['system'] ?? null,
    task_hashes: Object.fromEntries(hashes),
    start_time: started,
    end_time: Date.parse(run.finishedAt ?? run.startedAt) / 1000,
    total_evaluation_time_seconds: String(run.seconds.load + run.seconds.score),
  };
}

function modelHash({ model }: RunInfo): string {
  return model.files.find((f) => f.path.endsWith('.onnx'))?.sha256 ?? '';
}

function metricsOf(task: string, alias: string, { counts }: MethodSummary): object {
  const f = fractions(counts);
  const n = counts.pairs;
  const head = { name: task, alias: `${task} (${alias})`, sample_len: n * 2 };
  if (f === null) return head;
  return {
    ...head,
    'acc,none': f.accuracy,
    'acc_stderr,none': standardError(f.accuracy, n * 2) ?? 'N/A',
    'set_acc,none': f.set_accuracy,
    'set_acc_stderr,none': standardError(f.set_accuracy, n) ?? 'N/A',
    'confusion,none': f.confusion,
    'invalid,none': f.invalid,
    'precision,none': f.precision,
  };
}

/** A line of a samples file; the harness's other fields are written and not read again here. */
interface Sample {
  readonly [field: string]: unknown;
  readonly doc_hash: string;
  readonly prompt_hash: string;
  readonly target_hash: string;
}

/** One line a question of the pairs that are in the metrics. */
async function samplesOf({ run, benchmark, all }: DerivedRun, method: string, hash: Hash): Promise<readonly Sample[]> {
  const index = indexRecords(all);
  const pairs = pairAnswers(benchmark, index, method).map((a) => a.pair);
  const rows = questionsOf(pairs).flatMap((question) => {
    const found = index.get(recordKey({ pair: question.pair.id, image: question.image, method }));
    return found?.status === 'scored' ? [{ question, record: found }] : [];
  });
  return Promise.all(rows.map(({ question, record }, id) => sampleOf(run, id, question, record, hash)));
}

async function sampleOf(
  run: RunInfo,
  id: number,
  { pair, image, right }: Question,
  record: ScoredRecord,
  hash: Hash,
): Promise<Sample> {
  const { categories, sha256 } = pair.images[image === 1 ? 0 : 1];
  const prompt = promptText(run, record.method, pair);
  const doc = {
    ...{ pair: pair.id, image, image_sha256: sha256, categories, question: pair.question },
    ...{ choices: [pair.options.A, pair.options.B], answer: right },
  };
  const target = right === 'A' ? 0 : 1;
  const correct = record.correct ? 1 : 0;
  const { resps, filtered, args } = responses(record, prompt, pair.options);
  const metrics = ['acc'];
  return {
    ...{ doc_id: id, doc, target: String(target), arguments: args, resps, filtered_resps: filtered },
    ...{ filter: 'none', metrics },
    doc_hash: await hash(canonicalJson(doc)),
    prompt_hash: await hash(prompt),
    target_hash: await hash(String(target)),
    acc: correct,
    chosen: record.chosen,
    notes: record.notes,
  };
}

/** Likelihoods as the harness writes those of a multiple-choice task (log p of each option, whether it is the larger); texts as those of a generation. */
function responses(record: ScoredRecord, prompt: string, options: Readonly<Record<'A' | 'B', string>>) {
  const { options: scores } = record;
  if (scores === null) {
    const said = record.text ?? record.chosen ?? '';
    return { resps: [[said]], filtered: [said], args: { gen_args_0: { arg_0: prompt, arg_1: '{}' } } };
  }
  const letters = ['A', 'B'] as const;
  const read = letters.map((l) => [String(scores[l].score), record.chosen === l ? 'True' : 'False']);
  return {
    resps: read.map((r) => [r]),
    filtered: read,
    args: Object.fromEntries(letters.map((l, i) => [`gen_args_${i}`, { arg_0: prompt, arg_1: options[l] }])),
  };
}
