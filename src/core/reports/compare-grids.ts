import { methodName } from '../methods/labels.ts';
import { isPlain, orderMethods } from '../methods/registry.ts';
import type { Benchmark } from '../benchmark/types.ts';
import { agreement, answeredByBoth } from '../statistics/agreement.ts';
import { compareMethods, compareRuns, type PairedRow } from '../statistics/compare-runs.ts';
import { pairAnswers, type PairAnswers } from '../statistics/counts.ts';
import { indexOf } from './answers.ts';
import { cell, percentText, signed, type Cell, type Grid } from './grid.ts';
import { groupsOf, whatDiffers } from './differences.ts';
import { headed, headName, numbered } from './heads.ts';
import type { Subject } from './subject.ts';
import { RESEARCH_USE } from './tables.ts';

/** The pairs that all runs of a comparison are about, those of the first in its order. */
export function commonBenchmark(subjects: readonly Subject[]): Benchmark {
  const [first, ...others] = subjects;
  if (!first) throw new RangeError('A comparison needs a run.');
  const ids = others.map((s) => new Set(s.benchmark.pairs.map((p) => p.id)));
  // Where one run knows the questions, all do.
  const known = subjects.find((s) => s.questions) ?? first;
  const benchmark = known.benchmark;
  const own = new Set(first.benchmark.pairs.map((p) => p.id));
  return { ...benchmark, pairs: benchmark.pairs.filter((p) => own.has(p.id) && ids.every((all) => all.has(p.id))) };
}

/** All paired rows of a comparison: every two runs under every common method; of a single run every two of its methods. */
export function pairedRows(subjects: readonly Subject[]): readonly PairedRow[] {
  const [first, second] = subjects;
  if (first && !second) return compareMethods(first.benchmark, first);
  return compareRuns(commonBenchmark(subjects), subjects);
}

/** A row's two sides in words: the runs, or the methods of a single run. */
export function sidesOf(subjects: readonly Subject[], row: PairedRow): readonly [string, string] {
  if (subjects.length === 1) return [methodName(row.methods[0]), methodName(row.methods[1])];
  return [subjects[row.runs[0]]?.title ?? '', subjects[row.runs[1]]?.title ?? ''];
}

/** The method of a row, where the sides are not methods themselves. */
function methodCells(subjects: readonly Subject[], row: PairedRow): readonly Cell[] {
  return subjects.length === 1 ? [] : [cell(methodName(row.methods[0]))];
}

/** What is not the same in all runs, one row a setting. */
export function differencesGrid(subjects: readonly Subject[]): Grid {
  const rows = whatDiffers(subjects.map((s) => s.info)).map(({ name, values }) => [
    cell(name),
    ...values.map((x) => cell(x)),
  ]);
  return {
    ...{ caption: 'What differs', groups: null, columns: ['Setting', ...subjects.map((s) => s.title)], rows },
    notes: rows.length === 0 ? ['These runs differ in no setting that is written down.'] : [],
  };
}

/** Runs of one model among others, and the settings that tell them apart; null where no model has several runs, or no other model has one. */
export function groupsGrid(subjects: readonly Subject[]): Grid | null {
  const groups = groupsOf(subjects.map((s) => s.info));
  if (groups.length === 0) return null;
  const values = (runs: readonly number[], all: readonly string[]): string =>
    runs.map((run, i) => `${run + 1}: ${all[i] ?? '-'}`).join('; ');
  return {
    caption: 'Runs of the same model',
    groups: null,
    columns: ['Model', 'Runs', 'Setting that differs', 'Values'],
    rows: groups.flatMap(({ model, runs, differ }) => {
      const of = runs.map((r) => r + 1).join(', ');
      return differ.length === 0
        ? [[cell(model), cell(of), cell('none that is written down'), cell('-')]]
        : differ.map((d) => [cell(model), cell(of), cell(d.name), cell(values(runs, d.values))]);
    }),
    notes: numbered(subjects),
  };
}

const pCell = (p: number): string => (p < 0.0001 ? p.toExponential(2) : p.toFixed(4));

/** Exact McNemar on set-correctness, one row for two runs and a method, or for two methods of a run. */
export function mcnemarGrid(subjects: readonly Subject[], rows: readonly PairedRow[]): Grid {
  const [one, two, more] = subjects;
  const named = two !== undefined && more === undefined;
  return {
    caption: named
      ? `${one?.title ?? ''} against ${two.title}: set accuracy, pair by pair`
      : 'Two by two: set accuracy, pair by pair',
    groups: null,
    columns: [
      ...(two ? ['Method'] : []),
      ...(named ? [] : ['First', 'Second']),
      ...['Pairs', 'Set, first', 'Set, second', 'Difference', 'Difference, 95% interval'],
      ...['Both right', 'Only first', 'Only second', 'Neither', 'McNemar p', 'p, Holm'],
    ],
    rows: rows.map((r) => [
      ...methodCells(subjects, r),
      ...(named ? [] : sidesOf(subjects, r).map((t) => cell(t))),
      ...[String(r.pairs), ...r.set.map(percentText), signed(r.difference, 2)].map((t) => cell(t)),
      cell(`${signed(r.interval.low, 2)} to ${signed(r.interval.high, 2)}`),
      ...[r.right.both, r.right.onlyFirst, r.right.onlySecond, r.right.neither].map((ids) => cell(String(ids.length))),
      ...[r.p, r.adjusted].map((p) => cell(pCell(p))),
    ]),
    notes: [
      RESEARCH_USE,
      `Exact McNemar test, two-sided, on pairs that only one side has right; Holm's adjustment is over the ${rows.length} ${rows.length === 1 ? 'row' : 'rows'} here. The test takes pairs for independent; the interval of the difference (second less first, percentage points) resamples groups of pairs that share images.`,
    ],
  };
}

interface Column {
  readonly title: string;
  readonly answers: readonly PairAnswers[];
}

/** Every run under every method that it answered. */
function columnsOf(subjects: readonly Subject[], benchmark: Benchmark): readonly Column[] {
  const methods = orderMethods(subjects.flatMap((s) => Object.keys(s.summary.methods))).filter(isPlain);
  return methods.flatMap((method) => {
    const all = subjects.map((s, i) => ({
      title: headed(subjects, i, method),
      answers: pairAnswers(benchmark, indexOf(s), method),
    }));
    return all.filter((c) => c.answers.length > 0);
  });
}

/** Most rows and columns of the matrix: beyond, nobody reads it. */
const MOST = 16;

/** Share of questions with the same option chosen, for every two of runs and methods. */
export function agreementGrid(subjects: readonly Subject[]): Grid {
  const benchmark = commonBenchmark(subjects);
  const plain = columnsOf(subjects, benchmark);
  const columns = plain.slice(0, MOST);
  const rows = columns.map((row): Cell[] => [
    cell(row.title),
    ...columns.map((column) => {
      if (row === column) return cell('-');
      const a = agreement(answeredByBoth(row.answers, column.answers));
      return cell(a.questions === 0 ? '-' : percentText(a.same));
    }),
  ]);
  return {
    caption: 'Agreement: same option chosen, % of questions with both answers valid',
    ...{
      groups: null,
      columns: [headName(subjects), ...columns.map((c) => c.title)],
      rows,
    },
    notes: [
      ...numbered(subjects),
      'Two that answer at random agree in 50%.',
      ...(plain.length > MOST ? [`${plain.length - MOST} further columns are left out.`] : []),
    ],
  };
}

/** How the two sides of each row agree, with kappa. */
export function kappaGrid(subjects: readonly Subject[], rows: readonly PairedRow[]): Grid {
  return {
    caption: 'Agreement of answers',
    groups: null,
    columns: [
      ...(subjects.length === 1 ? [] : ['Method']),
      'First',
      'Second',
      'Questions',
      'Same option, %',
      "Cohen's kappa",
    ],
    rows: rows.map((r) => [
      ...methodCells(subjects, r),
      ...sidesOf(subjects, r).map((t) => cell(t)),
      cell(String(r.agreement.questions)),
      cell(r.agreement.questions === 0 ? '-' : percentText(r.agreement.same)),
      cell(r.agreement.kappa === null ? '-' : r.agreement.kappa.toFixed(3)),
    ]),
    notes: [
      'Of questions with a valid answer in both; kappa is 0 where they agree no more than their shares of A and B make likely.',
    ],
  };
}

/** Pairs that one side gets and the other does not. */
export function differingText(subjects: readonly Subject[], rows: readonly PairedRow[]): readonly string[] {
  return rows.flatMap((r) => {
    const [one, two] = sidesOf(subjects, r);
    const under = subjects.length === 1 ? '' : `${methodName(r.methods[0])}, `;
    const against = (other: string): string => (subjects.length === 2 ? '' : `, not ${other}`);
    const line = (who: string, other: string, ids: readonly string[]): readonly string[] =>
      ids.length === 0 ? [] : [`${under}only ${who} right${against(other)} (${ids.length}): ${ids.join(', ')}`];
    return [...line(one, two, r.right.onlyFirst), ...line(two, one, r.right.onlySecond)];
  });
}
