import type { Benchmark } from '../benchmark/types.ts';
import { setInterval as intervalOfSet } from '../metrics/interval.ts';
import type { CategorySummary, MethodSummary, Summary } from '../metrics/summary.ts';
import { isPublishedReading } from '../scoring/again.ts';
import type { ResultRecord } from '../scoring/record.ts';
import { cell, csvLines, percentText, toMarkdown, toText, type Cell, type Grid } from './grid.ts';
import type { RunInfo } from './run.ts';
import { RESEARCH_USE } from './tables.ts';

/** Methods as tables name them; conditions keep their suffix, methods of other programs their own name. */
const NAMES: Readonly<Record<string, string>> = {
  mc: 'MC',
  gd: 'GD',
  ps: 'PS',
  'ps-official': 'PS as published',
  'ps-pmi': 'PS less text only (PMI)',
  ff: 'FF',
  'ff-likelihood': 'FF by likelihood',
};
const CONDITIONS: Readonly<Record<string, string>> = {
  swap: 'options exchanged',
  'no-image': 'no image',
  'blank-image': 'blank image',
};

export function methodName(method: string): string {
  const [base = '', condition] = method.split('+');
  const name = NAMES[base] ?? base;
  if (condition === undefined) return name;
  const words = /^paraphrase-(\d+)$/.exec(condition)?.[1];
  return `${name}, ${words === undefined ? (CONDITIONS[condition] ?? condition) : `paraphrase ${words}`}`;
}

const RATES = ['set', 'individual', 'confusion', 'invalid', 'precision'] as const;
const HEADS = ['Set', 'Individual', 'Confusion', 'Invalid', 'Precision'];
export const UNCERTIFIED = 'This run has no passing device certificate: its likelihoods are not proven right.';

/** tables.md: what was run, the methods' numbers, and each metric by category; every table says "n of N" and what it may be used for. */
export function runTablesMarkdown(
  run: RunInfo,
  benchmark: Benchmark,
  records: readonly ResultRecord[],
  summary: Summary,
  certified: boolean,
): string {
  const grids = runGrids(benchmark, records, summary, certified);
  const lines = describe(run, summary).flatMap((l) => [l, '']);
  return [`# ${run.model.id} on ${run.benchmark.name}`, '', ...lines, ...grids.map(toMarkdown)].join('\n');
}

/** The same for a terminal: what was run and the table of methods, in aligned columns. */
export function runTablesText(
  run: RunInfo,
  benchmark: Benchmark,
  records: readonly ResultRecord[],
  summary: Summary,
  certified: boolean,
): string {
  const [methods, ...others] = runGrids(benchmark, records, summary, certified);
  const moved = others.filter((g) => g.caption.startsWith('Sensitivity'));
  const grids = [...(methods ? [methods] : []), ...moved];
  return [`${run.model.id} on ${run.benchmark.name}`, ...describe(run, summary), '', ...grids.map(toText)].join('\n');
}

/** All tables of a run as data: methods, sensitivity where it was asked for, then each metric by category. */
export function runGrids(
  benchmark: Benchmark,
  records: readonly ResultRecord[],
  summary: Summary,
  certified: boolean,
): readonly Grid[] {
  const notes = [RESEARCH_USE, ...(certified ? [] : [UNCERTIFIED])];
  return [
    methodGrid(benchmark, records, summary, notes),
    ...sensitivityGrids(summary, notes),
    ...categoryGrids(summary, notes),
  ];
}

function describe(run: RunInfo, summary: Summary): readonly string[] {
  const dtype = [...new Set(Object.values(run.model.dtype))].join(', ');
  const lines = run.imported
    ? [`Imported from ${run.imported.from}.`]
    : [
        `${run.device.kind === 'webgpu' ? 'WebGPU' : 'WASM'}${dtype === '' ? '' : `, ${dtype}`}, prompts ${run.promptSet.name}, Lookalike ${run.lookalike}.`,
      ];
  if (run.judge)
    lines.push(
      `Free answers judged by ${run.judge.kind === 'person' ? 'people' : run.judge.kind === 'self' ? 'the model itself' : run.judge.id}.`,
    );
  run.paraphrases?.forEach((p, i) => lines.push(`Paraphrase ${i + 1}: prompts ${p.name}.`));
  if (run.reading && !isPublishedReading(run.reading))
    lines.push(
      `Answers read anew: MC by the ${run.reading.mcParser} parser, FF with a gap of ${run.reading.ffGap} between the judge's scores.`,
    );
  if (run.state !== 'done') lines.push(`The run ${run.state === 'stopped' ? 'was stopped' : 'failed'} before its end.`);
  if (summary.failed > 0)
    lines.push(
      `${summary.failed} failed: ${summary.failed === 1 ? 'this question is' : 'these questions are'} no wrong answer, and ${summary.failed === 1 ? 'its pair is' : 'their pairs are'} left out.`,
    );
  if (summary.skipped.length > 0)
    lines.push(
      `${summary.skipped.length} of ${summary.pairs} pairs could not run: ${named(summary.skipped.map((s) => s.pair))}.`,
    );
  return lines;
}

function named(ids: readonly string[]): string {
  return ids.length > 10 ? `${ids.slice(0, 10).join(', ')} and ${ids.length - 10} more` : ids.join(', ');
}

/** The numbers of each method, as in the paper's Table 1; best of methods underlined. */
function methodGrid(
  benchmark: Benchmark,
  records: readonly ResultRecord[],
  summary: Summary,
  notes: readonly string[],
): Grid {
  const rows = Object.entries(summary.methods).map(([method, m]): Cell[] => {
    const interval = intervalOfSet(benchmark, records, method);
    const marked = RATES.map((rate): Cell => {
      if (m.counts.pairs === 0) return cell('-');
      const best =
        (rate === 'set' || rate === 'individual') && !method.includes('+') && m[rate] === summary.best?.[rate].value;
      return best ? cell(percentText(m[rate]), 'row-best') : cell(percentText(m[rate]));
    });
    const range = interval ? `${percentText(interval.low)} to ${percentText(interval.high)}` : '-';
    return [cell(methodName(method)), ...marked, cell(range), cell(scored(m, summary))];
  });
  const guessing = ['Random guessing', '25.00', '50.00', '50.00', '0.00', '-', '-', '-'].map((t) => cell(t));
  return {
    caption: 'Accuracy and confusion by method, %',
    groups: null,
    columns: ['Method', ...HEADS, 'Set, 95% interval', 'Pairs scored'],
    rows: [...rows, guessing],
    notes: [...notes, 'The interval resamples groups of pairs that share images (cluster bootstrap).'],
  };
}

function scored(m: MethodSummary, summary: Summary): string {
  return `${m.counts.pairs} of ${summary.pairs}`;
}

/** Position bias, image-blindness and steadiness under other words of the methods that were asked under conditions. */
function sensitivityGrids(summary: Summary, notes: readonly string[]): readonly Grid[] {
  const all = Object.entries(summary.sensitivity ?? {});
  if (all.length === 0) return [];
  const share = (value: number | undefined, n: number | undefined): Cell =>
    cell(value === undefined ? '-' : `${percentText(value)} of ${n ?? 0}`);
  const paraphrases = [...new Set(all.flatMap(([, s]) => s.wording.map((w) => w.paraphrase)))].sort((a, b) => a - b);
  const rows = all.map(([method, { position: p, blindness, wording }]): Cell[] => {
    const blind = (c: string): Cell => {
      const b = blindness.find((x) => x.condition === c);
      return share(b?.same, b?.questions);
    };
    const name = `${methodName(method)} (${summary.methods[method]?.counts.pairs ?? 0} of ${summary.pairs} pairs)`;
    const place = [p?.steady, p?.first, p?.second].map((v) => share(v, p?.questions));
    const words = paraphrases.map((n) => {
      const w = wording.find((x) => x.paraphrase === n);
      return share(w?.same, w?.questions);
    });
    return [cell(name), ...place, blind('no-image'), blind('blank-image'), ...words];
  });
  const caption = 'Sensitivity, % of questions with both answers valid';
  const columns = [
    'Method',
    'Same option when exchanged',
    'First both times',
    'Second both times',
    'Same without image',
    'Same with blank image',
    ...paraphrases.map((n) => `Same under paraphrase ${n}`),
  ];
  return [{ caption, groups: null, columns, rows, notes }];
}

/** Set accuracy, individual accuracy and confusion by category, as in the paper's Table 2, methods as columns. */
function categoryGrids(summary: Summary, notes: readonly string[]): readonly Grid[] {
  const methods = Object.entries(summary.methods).filter(([, m]) => m.counts.pairs > 0);
  const categories = [...new Set(methods.flatMap(([, m]) => Object.keys(m.byCategory)))];
  if (categories.length === 0) return [];
  const titles = { set: 'Set accuracy', individual: 'Individual accuracy', confusion: 'Confusion' } as const;
  return (['set', 'individual', 'confusion'] as const).map((rate): Grid => {
    const value = (s: CategorySummary | undefined): Cell => cell(s && s.images > 0 ? percentText(s[rate]) : '-');
    const images = (c: string): number => Math.max(0, ...methods.map(([, m]) => m.byCategory[c]?.images ?? 0));
    return {
      caption: `${titles[rate]} by category, %`,
      groups: null,
      columns: ['Category', 'Images', ...methods.map(([method]) => methodName(method))],
      rows: [
        ...categories.map((c) => [cell(c), cell(String(images(c))), ...methods.map(([, m]) => value(m.byCategory[c]))]),
        [cell('Pairs scored'), cell(''), ...methods.map(([, m]) => cell(scored(m, summary)))],
      ],
      notes,
    };
  });
}

/** tables.csv: the same numbers, one row a method and category ("All" first), with the remarks of the tables in columns of their own. */
export function runTablesCsv(run: RunInfo, summary: Summary, certified: boolean): string {
  const header = ['model', 'benchmark', 'method', 'category', 'images', 'pairs scored', ...RATES, 'use', 'certificate'];
  const certificate = run.imported ? 'imported' : certified ? 'passed' : 'not passed';
  const rows = Object.entries(summary.methods).flatMap(([method, m]) => {
    const row = (category: string, images: number, s: MethodSummary | CategorySummary): string[] => [
      ...[run.model.id, run.benchmark.name, method, category, String(images), scored(m, summary)],
      ...RATES.map((rate) => (images === 0 ? '-' : percentText(s[rate]))),
      ...[RESEARCH_USE, certificate],
    ];
    return [row('All', m.counts.pairs * 2, m), ...Object.entries(m.byCategory).map(([c, s]) => row(c, s.images, s))];
  });
  return csvLines([header, ...rows]);
}
