import type { Pair } from '../benchmark/types.ts';
import { methodName } from '../methods/labels.ts';
import { isPlain } from '../methods/registry.ts';
import { recordKey } from '../records/record.ts';
import { answered, judge } from '../statistics/counts.ts';
import { indexOf } from './answers.ts';
import { cell, type Grid } from './grid.ts';
import type { Subject } from './subject.ts';

/** A pair with how badly it went: the methods (of all runs) that failed it, and how sure they were. */
export interface WorstPair {
  readonly pair: Pair;
  /** Methods of runs that have not both images right, of those that answered the pair. */
  readonly failed: number;
  readonly of: number;
  /** Sum of the margins of wrong answers, nats. */
  readonly sure: number;
  /** For each run and method: what was chosen for image 1 and 2; null where it is not scored. */
  readonly outcomes: readonly (string | null)[];
}

interface Column {
  readonly head: string;
  readonly subject: Subject;
  readonly method: string;
}

function columnsOf(subjects: readonly Subject[]): readonly Column[] {
  return subjects.flatMap((subject, i) =>
    Object.entries(subject.summary.methods)
      .filter(([method, m]) => isPlain(method) && m.counts.pairs > 0)
      .map(([method]) => ({
        ...{ subject, method },
        head: subjects.length === 1 ? methodName(method) : `${i + 1}: ${methodName(method)}`,
      })),
  );
}

/** The pairs that most methods failed, the surest failures first among equals. Pairs that nobody failed are not among them. */
export function worstPairs(subjects: readonly Subject[], most: number): readonly WorstPair[] {
  const columns = columnsOf(subjects).map((c) => ({ ...c, index: indexOf(c.subject) }));
  const pairs = new Map(subjects.flatMap((s) => s.benchmark.pairs.map((p) => [p.id, p] as const)).reverse());
  const order = [...pairs.values()].reverse();
  const all = order.map((pair): WorstPair => {
    let [failed, of, sure] = [0, 0, 0];
    const outcomes = columns.map(({ index, method }) => {
      const records = ([1, 2] as const).map((image) =>
        answered(index.get(recordKey({ pair: pair.id, image, method }))),
      );
      const [one, two] = records;
      if (!one || !two) return null;
      of++;
      if (!judge({ pair, chosen: [one.chosen, two.chosen] }).set) failed++;
      for (const r of [one, two]) if (!r.correct) sure += r.margin ?? 0;
      return `${one.chosen ?? '?'} ${two.chosen ?? '?'}`;
    });
    return { pair, failed, of, sure, outcomes };
  });
  return all
    .filter((w) => w.failed > 0)
    .sort((a, b) => b.failed / b.of - a.failed / a.of || b.failed - a.failed || b.sure - a.sure)
    .slice(0, most);
}

/** How many runs and methods have a column of their own. */
const MOST_COLUMNS = 8;

/** Those pairs as a table: what was asked, what is right, and what each method chose for the two images. */
export function worstGrid(subjects: readonly Subject[], worst: readonly WorstPair[]): Grid {
  const all = columnsOf(subjects);
  // More columns than a page is wide say less than the count behind them.
  const columns = all.length > MOST_COLUMNS ? [] : all;
  const known = worst.some((w) => w.pair.question !== '');
  return {
    caption: 'Worst pairs',
    groups: null,
    columns: [
      'Pair',
      ...(known ? ['Question', 'Option A', 'Option B'] : []),
      'Right',
      ...columns.map((c) => c.head),
      'Failed',
    ],
    rows: worst.map(({ pair, failed, of, outcomes }) => {
      const right = `${pair.images[0].right} ${pair.images[1].right}`;
      return [
        cell(pair.id),
        ...(known ? [pair.question, pair.options.A, pair.options.B] : []).map((t) => cell(t)),
        cell(right),
        ...outcomes.slice(0, columns.length).map((o) => cell(o ?? '-')),
        cell(`${failed} of ${of}`),
      ];
    }),
    notes: [
      'Letters of image 1 and image 2; ? is an invalid answer. First those that most methods failed, among equals those with the largest margins of wrong answers.',
      ...(subjects.length > 1 && columns.length > 0
        ? [`${subjects.map((s, i) => `${i + 1}: ${s.title}`).join('; ')}.`]
        : []),
    ],
  };
}
