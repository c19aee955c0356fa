import { methodName } from '../methods/labels.ts';
import { isPlain } from '../methods/registry.ts';
import { patternNames, patternsOf, type Overlay } from '../overlay/overlay.ts';
import { breakdown } from '../statistics/breakdown.ts';
import { CHANCE_SET, pText } from '../statistics/chance.ts';
import { holm, wilson, type Interval } from '../statistics/comparison.ts';
import type { PairAnswers } from '../statistics/counts.ts';
import {
  detectableDifference,
  independentDiscordance,
  pairsAgainstChance,
  pairsForDifference,
  POWER_WORDS,
} from '../statistics/power.ts';
import { clusterBootstrap } from '../statistics/interval.ts';
import { inPercent, rateClusters } from '../statistics/rates.ts';
import { round2 } from '../statistics/rounding.ts';
import { answersOf, chanceOf } from './answers.ts';
import { cell, percentText, type Grid } from './grid.ts';
import { headedMethods, headName, numbered, type HeadedMethod } from './heads.ts';
import type { Subject } from './subject.ts';

/** The methods of a run that were asked plainly and have a scored pair, each with its answers. */
export function plainAnswers(
  subject: Subject,
): readonly { readonly method: string; readonly answers: readonly PairAnswers[] }[] {
  return Object.keys(subject.summary.methods)
    .filter(isPlain)
    .map((method) => ({ method, answers: answersOf(subject, method) }))
    .filter(({ answers }) => answers.length > 0);
}

/**
 * Set accuracy of each method with both intervals, the test against guessing, and what these pairs can show at all.
 * @param interval by cluster bootstrap, percent, where a page makes it elsewhere: null before it is there, which shows "…"; undefined is made here
 */
export function uncertaintyGrid(
  subjects: readonly Subject[],
  interval: (of: HeadedMethod) => Interval | null | undefined = () => undefined,
): Grid {
  const all = headedMethods(subjects).flatMap((of) => {
    const chance = chanceOf(of.subject, of.method);
    if (!chance) return [];
    const known = interval(of);
    const made = known === undefined ? bootstrapped(answersOf(of.subject, of.method)) : known;
    return [{ head: of.head, chance, interval: made, wilson: wilson(chance.k, chance.n) }];
  });
  const adjusted = holm(all.map((x) => x.chance.p));
  const range = (x: Interval | null): string => (x ? `${percentText(x.low)} to ${percentText(x.high)}` : '…');
  return {
    caption: 'Set accuracy and its uncertainty, %',
    groups: null,
    columns: [
      ...[headName(subjects), 'Set', 'Pairs right', '95%, cluster bootstrap', '95%, Wilson'],
      ...['Design effect', 'Effective pairs', 'Against 25%: p', 'p, Holm', 'Smallest visible difference'],
    ],
    rows: all.map(({ head, chance, ...around }, i) => {
      const { k, n } = chance;
      const visible = detectableDifference(k / n, n, chance.designEffect ?? 1);
      return [
        ...[head, percentText(round2((k / n) * 100)), `${k} of ${n}`],
        ...[range(around.interval), range(inPercent(around.wilson))],
        ...[chance.designEffect === null ? '-' : chance.designEffect.toFixed(2), String(chance.effective.n)],
        ...[chance.p, adjusted[i] ?? 1].map((p) => pText(p).replace(/^p = /, '').replace(/^p /, '')),
        visible === null ? '-' : percentText(visible * 100),
      ].map((t) => cell(t));
    }),
    notes: [
      ...numbered(subjects),
      'Pairs that share images are not independent: the bootstrap resamples groups of them, and the exact binomial test against random guessing (25%) counts the effective number of pairs, which is their number over the design effect.',
      `Smallest visible difference, in percentage points: what a second run with independent answers must differ by to be told apart on these pairs (McNemar, ${POWER_WORDS}).`,
    ],
  };
}

function bootstrapped(answers: readonly PairAnswers[]): Interval {
  return inPercent(clusterBootstrap(rateClusters(answers, 'set')));
}

/** Differences, in percentage points, for which the pairs that show them are counted. */
const DIFFERENCES = [2, 5, 10, 15, 20] as const;

/** How many pairs like these would show that a method does not guess, and that another run is better by so much. */
export function powerGrid(subject: Subject): Grid {
  const rows = plainAnswers(subject).flatMap(({ method }) => {
    const chance = chanceOf(subject, method);
    if (!chance) return [];
    const share = chance.k / chance.n;
    const apart = share === CHANCE_SET ? '-' : String(pairsAgainstChance(share, CHANCE_SET, chance.designEffect ?? 1));
    const needed = DIFFERENCES.map((points) => {
      const other = share + points / 100;
      if (other > 1) return '-';
      return String(pairsForDifference(points / 100, independentDiscordance(share, other), chance.designEffect ?? 1));
    });
    return [[methodName(method), percentText(share * 100), apart, ...needed].map((t) => cell(t))];
  });
  return {
    caption: 'Pairs that would show a difference',
    groups: [
      { text: '', span: 2 },
      { text: 'From', span: 1 },
      { text: 'A run better by so many percentage points', span: DIFFERENCES.length },
    ],
    columns: ['Method', 'Set', 'Guessing (25%)', ...DIFFERENCES.map((d) => `+${d}`)],
    rows,
    notes: [
      `From guessing: one share against 25%, ${POWER_WORDS}, taking the set accuracy for the true one; "-" where it is 25%.`,
      `A better run: McNemar's test, ${POWER_WORDS}, answers of the two runs independent, pairs that share images as here (Connor 1987, times the design effect). Runs whose answers lean the same way need fewer.`,
    ],
  };
}

/** A rate by failure pattern, methods as columns; null where no pair has one. */
export function patternGrids(subject: Subject, overlay: Overlay | null): readonly Grid[] {
  const names = patternNames(subject.benchmark, overlay);
  if (names.length === 0) return [];
  const columns = plainAnswers(subject).map(({ method }) => ({
    method,
    groups: breakdown(subject.benchmark, subject.records, method, names, (p) => patternsOf(p, overlay)),
  }));
  const without = subject.benchmark.pairs.filter((p) => patternsOf(p, overlay).length === 0).length;
  const titles = {
    set: 'Set accuracy',
    individual: 'Individual accuracy',
    confusion: 'Confusion',
    invalid: 'Invalid answers',
  };
  return (['set', 'individual', 'confusion', 'invalid'] as const).map((rate) => ({
    caption: `${titles[rate]} by failure pattern, %`,
    groups: null,
    columns: ['Pattern', 'Pairs', ...columns.map((c) => methodName(c.method))],
    rows: names.map((name, i) => [
      cell(name),
      cell(String(subject.benchmark.pairs.filter((p) => patternsOf(p, overlay).includes(name)).length)),
      ...columns.map(({ groups }) => {
        const g = groups[i];
        return cell(g && g.counts.pairs > 0 ? percentText(g[rate]) : '-');
      }),
    ]),
    notes: without > 0 ? [`${without} of ${subject.benchmark.pairs.length} pairs have no pattern.`] : [],
  }));
}
