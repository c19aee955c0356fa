import { isUnreviewed, NOT_REVIEWED } from '../benchmark/reviewed.ts';
import type { Benchmark } from '../benchmark/types.ts';
import { setAccuracyInterval } from '../statistics/interval.ts';
import type { CategorySummary, MethodSummary, Summary } from '../statistics/summary.ts';
import { conditionFacts, conditionKinds } from '../methods/conditions.ts';
import { methodName } from '../methods/labels.ts';
import { isPlain } from '../methods/registry.ts';
import type { ResultRecord } from '../records/record.ts';
import { cell, csvLines, percentText, toMarkdown, type Cell, type Grid } from './grid.ts';
import type { RunInfo } from '../records/run-info.ts';
import { DOUBTFUL_MARK, isDoubtful } from './remarks.ts';
import { describe, remarks, UNCERTIFIED } from './run-words.ts';
import { similarityGrids } from './image-similarity.ts';
import { probeGrids } from './probe-tables.ts';
import { RESEARCH_USE } from './tables.ts';
import { INVALID_KINDS, INVALID_NAMES } from '../statistics/invalid.ts';

const RATES = ['set', 'individual', 'confusion', 'invalid', 'precision'] as const;
const HEADS = ['Set', 'Individual', 'Confusion', 'Invalid', 'Precision'];

/** tables.md: what was run, the methods' numbers, and each metric by category; every table says "n of N" and what it may be used for. */
export function runTablesMarkdown(
  run: RunInfo,
  benchmark: Benchmark,
  records: readonly ResultRecord[],
  summary: Summary,
  certified: boolean,
): string {
  const grids = runGrids(benchmark, records, summary, certified, run);
  const lines = describe(run, summary).flatMap((l) => [l, '']);
  return [`# ${run.model.id} on ${run.benchmark.name}`, '', ...lines, ...grids.map(toMarkdown)].join('\n');
}

/** All tables of a run as data: methods, sensitivity where it was asked for, then each metric by category. */
export function runGrids(
  benchmark: Benchmark,
  records: readonly ResultRecord[],
  summary: Summary,
  certified: boolean,
  run: (Pick<RunInfo, 'judge'> & { readonly certificate?: unknown }) | null = null,
): readonly Grid[] {
  const notes = [
    RESEARCH_USE,
    ...(isUnreviewed(benchmark) ? [NOT_REVIEWED] : []),
    ...(certified ? [] : [UNCERTIFIED]),
    ...remarks(records, run?.certificate),
  ];
  return [
    methodGrid(benchmark, records, summary, notes, run),
    ...invalidGrids(summary, notes),
    ...sensitivityGrids(summary, notes),
    ...similarityGrids(summary.imageSimilarity ?? {}, notes),
    ...probeGrids(summary.probes ?? {}, notes),
    ...categoryGrids(summary, notes),
  ];
}

function methodGrid(
  benchmark: Benchmark,
  records: readonly ResultRecord[],
  summary: Summary,
  notes: readonly string[],
  run: Pick<RunInfo, 'judge'> | null,
): Grid {
  const rows = Object.entries(summary.methods).map(([method, m]): Cell[] => {
    const interval = setAccuracyInterval(benchmark, records, method);
    const marked = RATES.map((rate): Cell => {
      if (m.counts.pairs === 0) return cell('-');
      const best =
        (rate === 'set' || rate === 'individual') && isPlain(method) && m[rate] === summary.best?.[rate].value;
      return best ? cell(percentText(m[rate]), 'row-best') : cell(percentText(m[rate]));
    });
    const range = interval ? `${percentText(interval.low)} to ${percentText(interval.high)}` : '-';
    return [
      cell(methodName(method) + (isDoubtful(run, method) ? DOUBTFUL_MARK : '')),
      ...marked,
      cell(range),
      cell(scored(m, summary)),
    ];
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

/** Invalid answers by the reason, of the methods that have any. */
function invalidGrids(summary: Summary, notes: readonly string[]): readonly Grid[] {
  const found = Object.entries(summary.methods).flatMap(([method, m]) =>
    Object.keys(m.invalidKinds ?? {}).length > 0 ? [{ method, m, kinds: m.invalidKinds ?? {} }] : [],
  );
  if (found.length === 0) return [];
  const kinds = INVALID_KINDS.filter((kind) => found.some((f) => f.kinds[kind] !== undefined));
  return [
    {
      caption: 'Invalid answers by reason',
      groups: null,
      columns: ['Method', ...kinds.map((kind) => INVALID_NAMES[kind]), 'Pairs scored'],
      rows: found.map(({ method, m, kinds: n }) => [
        cell(methodName(method)),
        ...kinds.map((kind) => cell(String(n[kind] ?? 0))),
        cell(scored(m, summary)),
      ]),
      notes,
    },
  ];
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
  const imageless = conditionKinds().flatMap((kind) => {
    const { without } = conditionFacts(kind);
    return without === undefined ? [] : [{ kind, without }];
  });
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
    return [cell(name), ...place, ...imageless.map((c) => blind(c.kind)), ...words];
  });
  const caption = 'Sensitivity, % of questions with both answers valid';
  const columns = [
    'Method',
    'Same option when exchanged',
    'First both times',
    'Second both times',
    ...imageless.map((c) => `Same ${c.without}`),
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
  const certificate = run.recordedByPerson ? 'person' : run.imported ? 'imported' : certified ? 'passed' : 'not passed';
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
