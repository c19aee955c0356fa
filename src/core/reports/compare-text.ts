import { fault, FaultError } from '../fault.ts';
import { methodName } from '../methods/labels.ts';
import { orderMethods } from '../methods/registry.ts';
import { isMediConfusion } from '../benchmark/mediconfusion.ts';
import { flaggedPairs, withoutFlagged, type Overlay } from '../overlay/overlay.ts';
import { pairAnswers } from '../statistics/counts.ts';
import { rateEstimate } from '../statistics/rates.ts';
import { indexOf } from './answers.ts';
import {
  agreementGrid,
  commonBenchmark,
  differencesGrid,
  differingText,
  groupsGrid,
  kappaGrid,
  mcnemarGrid,
  pairedRows,
} from './compare-grids.ts';
import { calibrationGrid, certainties, marginGrid } from './certainty-grids.ts';
import { cell, percentText, toText, type Grid } from './grid.ts';
import { publishedRows } from './published.ts';
import { comparability } from './refuse.ts';
import type { Subject } from './subject.ts';
import { rowOfSummary } from './rows.ts';
import { heatGrid, sensitivityGrid, similaritySideGrid } from './side-grids.ts';
import { table1 } from './tables.ts';
import { uncertaintyGrid } from './uncertainty-grids.ts';

/** Set accuracy of every run by method over the pairs that all are about, each with its interval. */
export function sideBySideGrid(subjects: readonly Subject[]): Grid {
  const { pairs } = commonBenchmark(subjects);
  const methods = orderMethods(subjects.flatMap((s) => Object.keys(s.summary.methods)));
  const text = (s: Subject, method: string): string => {
    const estimate = rateEstimate(pairAnswers({ pairs }, indexOf(s), method), 'set');
    if (!estimate) return '-';
    // Where all pairs came out the same, resampling them shows no spread: Wilson's interval stands in.
    const flat = estimate.k === 0 || estimate.k === estimate.n;
    const { low, high } = flat ? estimate.wilson : estimate.interval;
    return `${percentText(estimate.value)} (${low.toFixed(1)} to ${high.toFixed(1)}${flat ? ', W' : ''})`;
  };
  return {
    caption: 'Set accuracy, % (95% interval)',
    groups: null,
    columns: ['Method', ...subjects.map((s) => s.title)],
    rows: methods.map((m) => [cell(methodName(m)), ...subjects.map((s) => cell(text(s, m)))]),
    notes: [
      "Random guessing: 25. The interval resamples groups of pairs that share images (cluster bootstrap); W: Wilson's, where all pairs came out the same.",
    ],
  };
}

/** The runs without what an overlay flags as label errors; null where it flags none of their pairs. */
export function withoutFlaggedSubjects(
  subjects: readonly Subject[],
  overlay: Overlay | null,
): readonly Subject[] | null {
  if (!overlay) return null;
  const flagged = flaggedPairs(overlay);
  if (!subjects.some((s) => s.benchmark.pairs.some((p) => flagged.has(p.id)))) return null;
  return subjects.map((s) => ({ ...s, benchmark: withoutFlagged(s.benchmark, overlay) }));
}

/**
 * A comparison for a terminal.
 * @throws FaultError 'bad-argument' where there is nothing to compare, or runs asked different pairs
 */
export function comparisonText(subjects: readonly Subject[], overlay: Overlay | null, published: boolean): string {
  const { fault: unlike, notes } = comparability(subjects);
  if (unlike) throw new FaultError(unlike);
  const rows = pairedRows(subjects);
  const [one, other] = subjects;
  if (rows.length === 0 && one && !other)
    throw new FaultError(
      fault(
        'bad-argument',
        `${one.title} is alone and has one method only: a comparison takes two runs, or a run with two methods.`,
      ),
    );
  const clean = withoutFlaggedSubjects(subjects, overlay);
  const differing = differingText(subjects, rows);
  const sure = certainties(subjects);
  const grids = [
    ...(other ? [differencesGrid(subjects), groupsGrid(subjects)] : []),
    sideBySideGrid(subjects),
    clean && { ...sideBySideGrid(clean), caption: 'The same without flagged pairs' },
    uncertaintyGrid(subjects),
    ...(rows.length > 0 ? [mcnemarGrid(subjects, rows), kappaGrid(subjects, rows)] : []),
    agreementGrid(subjects),
    sensitivityGrid(subjects),
    similaritySideGrid(subjects),
    ...(['category', 'pattern'] as const).map((by) => heatGrid(subjects, by, overlay)),
    calibrationGrid(subjects, sure),
    marginGrid(subjects, sure),
    published ? publishedGrid(subjects) : null,
  ].filter((g) => g !== null);
  return [
    `${subjects.map((s) => s.title).join(' and ')} on ${subjects[0]?.info.benchmark.name ?? ''}`,
    ...notes,
    '',
    ...grids.map(toText),
    ...(rows.length === 0
      ? ['These runs have no method in common: nothing can be compared pair by pair.', '']
      : ['Pairs in which they differ', '', ...(differing.length === 0 ? ['None.'] : differing), '']),
  ].join('\n');
}

function publishedGrid(subjects: readonly Subject[]): Grid {
  const own = subjects.map((s) =>
    rowOfSummary(s.title, s.info.imported ? 'imported' : 'local', s.summary, s.certified),
  );
  return table1(
    [...publishedRows(), ...own],
    subjects.every((s) => isMediConfusion(s.info.benchmark.sha256)),
  );
}
