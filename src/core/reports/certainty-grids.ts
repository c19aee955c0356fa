import { calibration, type Calibration } from '../statistics/calibration.ts';
import { margins, type FiveNumbers, type Margins } from '../statistics/margins.ts';
import { cell, percentText, type Grid } from './grid.ts';
import { headedMethods, headName, numbered } from './heads.ts';
import type { Subject } from './subject.ts';

/* How sure answers are, and how rightly: calibration and margins of one run or several, side by side. */

/** A run's method with what its likelihoods say. */
export interface Certainty {
  readonly head: string;
  /** null where no likelihood was read. */
  readonly calibration: Calibration | null;
  readonly margins: Margins | null;
}

/** Calibration and margins of each method that keeps likelihoods; the methods of several runs side by side. */
export function certainties(subjects: readonly Subject[]): readonly Certainty[] {
  return headedMethods(subjects)
    .map(({ subject: { benchmark, records }, method, head }) => ({
      head,
      calibration: calibration(benchmark, records, method),
      margins: margins(benchmark, records, method),
    }))
    .filter((c) => c.calibration !== null || c.margins !== null);
}

/** Expected calibration error with its interval; null where nothing has likelihoods. */
export function calibrationGrid(subjects: readonly Subject[], all: readonly Certainty[]): Grid | null {
  const percent = (x: number): string => percentText(x * 100);
  const rows = all.flatMap(({ head, calibration: c }) =>
    c
      ? [
          [
            ...[head, String(c.questions), percent(c.confidence), percent(c.accuracy), percent(c.ece)],
            `${percent(c.interval.low)} to ${percent(c.interval.high)}`,
          ].map((t) => cell(t)),
        ]
      : [],
  );
  if (rows.length === 0) return null;
  return {
    caption: 'Calibration, %',
    groups: null,
    columns: [
      ...[headName(subjects), 'Questions', 'Mean confidence', 'Individual accuracy'],
      ...['Expected calibration error', '95% interval'],
    ],
    rows,
    notes: [
      ...numbered(subjects),
      "Confidence is the chosen option's probability against the other's: of the letters (GD), of the mean token likelihoods (PS). Ten bins; the error is the bins' difference of confidence and accuracy, weighted by their questions.",
    ],
  };
}

/** Five numbers of right and of wrong answers' margins; null where nothing has margins. */
export function marginGrid(subjects: readonly Subject[], all: readonly Certainty[]): Grid | null {
  const numbers = (f: FiveNumbers | null): readonly string[] =>
    f === null
      ? ['0', '-', '-']
      : [String(f.questions), f.median.toFixed(3), `${f.q1.toFixed(3)} to ${f.q3.toFixed(3)}`];
  const rows = all.flatMap(({ head, margins: m }) =>
    m ? [[head, ...numbers(m.right), ...numbers(m.wrong)].map((t) => cell(t))] : [],
  );
  if (rows.length === 0) return null;
  return {
    caption: 'Margins, nats',
    groups: [
      { text: '', span: 1 },
      { text: 'Right answers', span: 3 },
      { text: 'Wrong answers', span: 3 },
    ],
    columns: [headName(subjects), ...['Questions', 'Median', 'Middle half'], ...['Questions', 'Median', 'Middle half']],
    rows,
    notes: [
      ...numbered(subjects),
      "The chosen option's score less the other's. Wrong answers with large margins are the confident ones.",
    ],
  };
}
