import { methodName } from '../../methods/labels.ts';
import { recordKey, type ResultRecord, type ScoredRecord } from '../../records/record.ts';
import type { RunInfo } from '../../records/run-info.ts';
import { indexRecords, pairAnswers } from '../../statistics/counts.ts';
import type { MethodSummary } from '../../statistics/summary.ts';
import { strictJson } from '../canonical.ts';
import type { DerivedRun } from '../derived.ts';
import type { ResultText } from '../results-folder.ts';
import { promptText, questionsOf, type Question } from './asked.ts';
import { fractions } from './rates.ts';

/*
 * An Inspect log (https://inspect.aisi.org.uk, log format version 2): one sample a question, one scorer a method. A score is "C", "I", or "N" for an invalid
 * answer; a question whose pair has no two answers has no score, since the pair leaves the metrics. Metrics are fractions, unrounded.
 */

/** The log as a file under the name that Inspect gives logs, by which its viewer lists them. */
export function inspectLog(derived: DerivedRun): ResultText {
  const { run } = derived;
  const task = taskName(run);
  const time = (run.finishedAt ?? run.startedAt).slice(0, 19).replace(/:/g, '-');
  return {
    path: `${time}+00-00_${task.replace(/[^A-Za-z0-9-]+/g, '-')}_${idOf(run)}.json`,
    text: `${strictJson(logOf(derived, task), 2)}\n`,
  };
}

function taskName({ benchmark }: RunInfo): string {
  return `lookalike/${benchmark.name}`;
}

/** 22 letters and digits that follow from the run's content. */
function idOf({ model, benchmark }: RunInfo): string {
  const hashes = [...model.files.map((f) => f.sha256), benchmark.sha256].filter((h) => h !== '');
  return hashes
    .map((h) => h.slice(0, 11))
    .join('')
    .slice(-22)
    .padStart(22, '0');
}

function logOf(derived: DerivedRun, task: string): object {
  const { run, benchmark, summary } = derived;
  const scoredPairs = scoredByMethod(derived);
  const samples = samplesOf(derived, scoredPairs);
  const ids = samples.map((s) => s.id);
  const names = Object.keys(summary.methods);
  const error = { message: run.fault?.message ?? 'The run failed.', traceback: '', traceback_ansi: '' };
  return {
    version: 2,
    status: { done: 'success', stopped: 'cancelled', failed: 'error' }[run.state],
    eval: {
      ...{ run_id: idOf(run), created: run.startedAt, task, task_id: idOf(run), task_version: run.scoringVersion },
      task_display_name: task,
      task_args: { methods: run.methods, prompts: run.promptSet.name },
      dataset: { name: benchmark.name, samples: ids.length, sample_ids: ids, shuffled: false },
      model: `lookalike/${run.model.id}`,
      model_args: { dtype: run.model.dtype, device: run.device.kind },
      config: { epochs: 1, log_samples: true, log_images: false },
      packages: { lookalike: run.lookalike, ...run.libraries },
      metadata: aboutRun(run),
      scorers: names.map((name) => ({ name, metadata: { label: methodName(name) } })),
    },
    plan: { name: 'lookalike', steps: [], config: {} },
    results: {
      total_samples: ids.length,
      completed_samples: samples.filter((s) => Object.keys(s.scores).length > 0).length,
      scores: Object.entries(summary.methods).map(([name, m]) => scoreOf(name, m, ids.length)),
      metadata: { summary },
    },
    stats: { started_at: run.startedAt, completed_at: run.finishedAt ?? '', model_usage: {}, role_usage: {} },
    ...(run.state === 'failed' ? { error } : {}),
    samples,
  };
}

/** What a score depends on, beside what Inspect has fields for. */
function aboutRun(run: RunInfo): object {
  const { model, benchmark, promptSet, device, pixels, chat, judge, reading, imported, shard } = run;
  return {
    ...{ model, benchmark, prompt_set: promptSet, device, pixels, certificate: run.certificate },
    ...Object.fromEntries(
      Object.entries({ chat, judge, reading, imported, shard }).filter(([, value]) => value !== undefined),
    ),
  };
}

function scoreOf(name: string, { counts }: MethodSummary, samples: number): object {
  const metrics = Object.entries(fractions(counts) ?? {}).map(([metric, value]) => [
    metric,
    { name: metric, value, params: {} },
  ]);
  return {
    ...{ name, scorer: name, params: {} },
    scored_samples: counts.pairs * 2,
    unscored_samples: samples - counts.pairs * 2,
    metrics: Object.fromEntries(metrics),
    metadata: { label: methodName(name), counts },
  };
}

/** The pairs that are in a method's metrics. */
function scoredByMethod({ benchmark, all, summary }: DerivedRun): ReadonlyMap<string, ReadonlySet<string>> {
  const index = indexRecords(all);
  return new Map(
    Object.keys(summary.methods).map((m) => [m, new Set(pairAnswers(benchmark, index, m).map((a) => a.pair.id))]),
  );
}

/** A sample of the log; Inspect's other fields are written and not read again here. */
interface Sample {
  readonly [field: string]: unknown;
  readonly id: string;
  readonly scores: Readonly<Record<string, object>>;
}

function samplesOf(
  { run, benchmark, all, summary }: DerivedRun,
  scoredPairs: ReadonlyMap<string, ReadonlySet<string>>,
): readonly Sample[] {
  const index = indexRecords(all);
  const names = Object.keys(summary.methods);
  return questionsOf(benchmark.pairs).map((question) => {
    const { pair, image } = question;
    const found = names.flatMap((method) => index.get(recordKey({ pair: pair.id, image, method })) ?? []);
    const counted = found.filter(
      (r): r is ScoredRecord => r.status === 'scored' && scoredPairs.get(r.method)?.has(pair.id) === true,
    );
    return sampleOf(run, question, found, counted);
  });
}

function sampleOf(
  run: RunInfo,
  { pair, image, right }: Question,
  found: readonly ResultRecord[],
  counted: readonly ScoredRecord[],
): Sample {
  const { categories, sha256, path } = pair.images[image === 1 ? 0 : 1];
  const faults = found.flatMap((r) => (r.status === 'failed' ? [[r.method, r.fault] as const] : []));
  const failed = counted.length === 0 ? faults[0]?.[1] : undefined;
  const written = counted.find((r) => r.text !== null) ?? counted[0];
  const said = written?.text ?? written?.chosen ?? '';
  const model = `lookalike/${run.model.id}`;
  return {
    ...{ id: `${pair.id}-${image}`, epoch: 1 },
    input: promptText(run, written?.method ?? run.methods[0] ?? '', pair),
    choices: [pair.options.A, pair.options.B],
    target: right,
    messages: [],
    output: {
      model,
      choices: [{ message: { content: said, role: 'assistant', source: 'generate', model }, stop_reason: 'stop' }],
      completion: said,
    },
    scores: Object.fromEntries(counted.map((r) => [r.method, sampleScore(r)])),
    metadata: {
      ...{ pair: pair.id, image, image_sha256: sha256, image_path: path, categories, question: pair.question },
      extra: pair.extra,
      ...(faults.length > 0 ? { faults: Object.fromEntries(faults) } : {}),
    },
    ...{ store: {}, events: [], model_usage: {}, attachments: {} },
    ...(failed ? { error: { message: failed.message, traceback: '', traceback_ansi: '' } } : {}),
  };
}

function sampleScore(r: ScoredRecord): object {
  const value = r.chosen === null ? 'N' : r.correct ? 'C' : 'I';
  const { options, mass, margin, notes, promptTokens, judge, thought } = r;
  const why = judge
    ? `${judge.name}: A ${judge.a ?? '-'}, B ${judge.b ?? '-'}${judge.text === '' ? '' : `. ${judge.text}`}`
    : null;
  return {
    value,
    answer: r.chosen ?? r.text ?? '',
    ...(why === null ? {} : { explanation: why }),
    metadata: {
      ...{ options, mass, margin, notes, prompt_tokens: promptTokens, text: r.text },
      ...(judge ? { judge } : {}),
      ...(thought === undefined ? {} : { thought }),
      ...(r.changes === undefined ? {} : { image_changes: r.changes }),
    },
  };
}
