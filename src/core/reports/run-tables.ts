import { isUnreviewed, NOT_REVIEWED } from '../benchmark/reviewed.ts';
import type { Benchmark } from '../benchmark/types.ts';
import { setAccuracyInterval } from '../statistics/interval.ts';
import type { CategorySummary, MethodSummary, Summary } from '../statistics/summary.ts';
import { conditionFacts, conditionKinds } from '../methods/conditions.ts';
import { methodName } from '../methods/labels.ts';
import { isPublishedReading } from '../methods/reading.ts';
import { isPlain } from '../methods/registry.ts';
import type { ResultRecord } from '../records/record.ts';
import { cell, csvLines, percentText, toMarkdown, type Cell, type Grid } from './grid.ts';
import type { RunInfo } from '../records/run-info.ts';
import { KINDS } from '../servers/kinds.ts';
import { coarseWeights } from '../certificate/precision.ts';
import { THOUGHT_CUT } from '../methods/thought.ts';
import { TIE } from '../methods/likelihood.ts';
import { DOUBTFUL_MARK, isDoubtful, judgeRemarks, quantisedRemark } from './remarks.ts';
import { similarityGrids } from './image-similarity.ts';
import { probeGrids } from './probe-tables.ts';
import { RESEARCH_USE } from './tables.ts';
import { INVALID_KINDS, INVALID_NAMES } from '../statistics/invalid.ts';

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

/** What the records' notes and the run's certificate say of the numbers. */
export function remarks(records: readonly ResultRecord[], certificate: unknown = null): readonly string[] {
  const count = (note: string): number => records.filter((r) => r.status === 'scored' && r.notes.includes(note)).length;
  const answers = (n: number): string => `${n} ${n === 1 ? 'answer' : 'answers'}`;
  const [ties, same, cut] = [count(TIE), count('same-tokens'), count(THOUGHT_CUT)];
  const coarse = coarseWeights(certificate);
  return [
    ...(coarse === null ? [] : [coarse]),
    ...(ties > 0 ? [`${answers(ties)} tied: both options had the same score, and the method's rule chose.`] : []),
    ...(same > 0
      ? [`${answers(same)} to options that are the same tokens to the model: it cannot tell them apart.`]
      : []),
    ...(cut > 0
      ? [`${answers(cut)} cut inside the model's thought, counted as invalid: allow longer thoughts, or none.`]
      : []),
  ];
}

/** What computed the numbers: this browser's device, or a server with the ways in which it was read. */
function computedBy({ device, server }: RunInfo): string {
  if (!server) return device.kind === 'webgpu' ? 'WebGPU' : device.kind === 'wasm' ? 'WASM' : 'A server';
  const ways = Object.entries(server.ways).map(([method, way]) => `${method} by ${way}`);
  const version = server.version === null ? '' : ` ${server.version}`;
  return `${KINDS[server.kind].label}${version} at ${server.host} (${[...ways, `images ${server.images}`].join('; ')})`;
}

/** What was run and what must be known of it, in sentences. */
export function describe(run: RunInfo, summary: Summary): readonly string[] {
  const dtype = [...new Set(Object.values(run.model.dtype))].join(', ');
  const lines = run.recordedByPerson
    ? [`Answered by ${run.recordedByPerson.name}, a person, one image at a time.`]
    : run.imported
      ? [`Imported from ${run.imported.from}.`]
      : [
          `${computedBy(run)}${dtype === '' ? '' : `, ${dtype}`}, prompts ${run.promptSet.name}, Lookalike ${run.lookalike}.`,
        ];
  if (run.chat && run.chat.thinking !== 'off')
    lines.push(`Thinking ${run.chat.thinking}, up to ${run.chat.thoughtTokens} tokens.`);
  if (run.judge)
    lines.push(
      `Free answers judged by ${run.judge.kind === 'person' ? 'people' : run.judge.kind === 'self' ? 'the model itself' : run.judge.id}.`,
    );
  run.paraphrases?.forEach((p, i) => lines.push(`Paraphrase ${i + 1}: prompts ${p.name}.`));
  if (run.reading && !isPublishedReading(run.reading))
    lines.push(
      `Answers read anew: MC by the ${run.reading.mcParser} parser, FF with a gap of ${run.reading.ffGap} between the judge's scores.`,
    );
  const quantised = quantisedRemark(run);
  if (quantised !== null) lines.push(quantised);
  lines.push(...judgeRemarks(run));
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
