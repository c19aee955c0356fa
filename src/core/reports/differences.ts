import { entriesText } from '../records/same-run.ts';
import type { RunInfo } from '../records/run-info.ts';

/** A setting that is not the same in all runs of a comparison, with each run's value. */
export interface Setting {
  readonly name: string;
  readonly values: readonly string[];
}

const short = (sha256: string): string => (sha256 === '' ? '' : ` (${sha256.slice(0, 8)})`);

/** One dtype where all files have it, else file by file. */
export function dtypeText(dtype: RunInfo['model']['dtype']): string {
  const kinds = [...new Set(Object.values(dtype))];
  return kinds.length === 1 ? (kinds[0] ?? '') : entriesText(dtype);
}

export function judgeText({ judge }: RunInfo): string {
  if (!judge) return '';
  if (judge.kind === 'person') return 'people';
  return judge.kind === 'self' ? 'the model itself' : `${judge.id}${short(judge.sha256)}`;
}

function readingText({ reading }: RunInfo): string {
  return reading ? `MC by the ${reading.mcParser} parser, FF with a gap of ${reading.ffGap}` : 'as published';
}

/** What of a run a number depends on, in words; '' where it does not apply. */
const SETTINGS: readonly (readonly [string, (r: RunInfo, all: readonly RunInfo[]) => string])[] = [
  ['Model', (r) => r.model.id],
  ['Revision', (r) => r.model.revision ?? ''],
  ['Weights', weightsText],
  ['Number format', (r) => dtypeText(r.model.dtype)],
  ['Benchmark', (r) => `${r.benchmark.name}${short(r.benchmark.sha256)}`],
  ['Pairs', (r) => `${r.benchmark.pairs} pairs`],
  ['Prompts', (r) => `${r.promptSet.name}${short(r.promptSet.sha256)}`],
  ['Thinking', (r) => r.chat?.thinking ?? ''],
  ['Judge', judgeText],
  ['Answers read', readingText],
  ['Device', (r) => (r.imported ? '' : `${r.device.kind} ${entriesText(r.device.adapter ?? {})}`.trim())],
  ['Pixels', (r) => (r.imported ? '' : entriesText({ ...r.pixels }))],
  ['Scoring version', (r) => r.scoringVersion],
  ['Lookalike', (r) => r.lookalike],
  ['Imported from', (r) => r.imported?.from ?? ''],
];

/** The graphs that are not the same in all runs, each with its hash. */
function weightsText({ model }: RunInfo, all: readonly RunInfo[]): string {
  const graphs = model.files.filter((f) => f.path.endsWith('.onnx'));
  const unlike = graphs.filter((f) =>
    all.some((r) => r.model.files.find((x) => x.path === f.path)?.sha256 !== f.sha256),
  );
  return unlike.map((f) => `${f.path.replace(/^onnx\//, '')} ${f.sha256.slice(0, 8)}`).join(', ');
}

/** The settings in which runs differ, in the order of a description; none for a single run. */
export function whatDiffers(runs: readonly RunInfo[]): readonly Setting[] {
  return SETTINGS.flatMap(([name, of]) => {
    const values = runs.map((r) => of(r, runs));
    return new Set(values).size > 1 ? [{ name, values: values.map((x) => (x === '' ? '-' : x)) }] : [];
  });
}

/** Runs of one model, by their places among all, and the settings in which they differ. */
export interface RunGroup {
  readonly model: string;
  readonly runs: readonly number[];
  /** Values in the order of `runs`. */
  readonly differ: readonly Setting[];
}

/** Models with several runs, where there are others beside them: what all runs of a comparison differ in says `whatDiffers`. */
export function groupsOf(runs: readonly RunInfo[]): readonly RunGroup[] {
  const models = [...new Set(runs.map((r) => r.model.id))];
  if (models.length < 2) return [];
  return models.flatMap((model) => {
    const own = runs.flatMap((r, i) => (r.model.id === model ? [i] : []));
    if (own.length < 2) return [];
    return [{ model, runs: own, differ: whatDiffers(own.flatMap((i) => runs[i] ?? [])) }];
  });
}

/** Settings that tell runs of one model apart in a title, in the order in which they are tried. */
const TELLING = ['Number format', 'Prompts', 'Answers read', 'Judge', 'Device', 'Thinking', 'Pairs'];

/**
 * A title for each run: the model's last name, behind it the first settings that tell runs of one model apart, else the name under which the run was
 * brought.
 * @param names as the person named the runs
 */
export function titlesOf(runs: readonly RunInfo[], names: readonly string[]): readonly string[] {
  const models = runs.map((r) => r.model.id.split(/[\\/]/).filter(Boolean).at(-1) ?? r.model.id);
  return runs.map((_, i) => {
    const alike = runs.map((r, j) => ({ r, j })).filter(({ j }) => models[j] === models[i]);
    const model = models[i] ?? '';
    if (alike.length === 1) return model;
    const differing = whatDiffers(alike.map(({ r }) => r)).filter((s) => TELLING.includes(s.name));
    const at = alike.findIndex(({ j }) => j === i);
    const telling = differing.find((s) => !s.values.includes('-') && new Set(s.values).size === alike.length);
    return `${model}, ${telling?.values[at] ?? names[i] ?? String(i + 1)}`;
  });
}
