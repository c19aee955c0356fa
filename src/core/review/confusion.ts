import { csvText } from '../benchmark/csv-write.ts';
import type { Pair } from '../benchmark/types.ts';
import { isPlain } from '../methods/registry.ts';
import { recordKey, type ResultRecord, type ScoredRecord } from '../records/record.ts';
import { answered, indexRecords, judge } from '../statistics/counts.ts';

/** How a pair went with the models that were tried on it. A reading is one method of one run. */
export interface Confusion {
  readonly pair: string;
  /** Readings that have an answer for both images. */
  readonly asked: number;
  /** Of them: not both images right. */
  readonly missed: number;
  /** Of them: the same answer to both images, which is what the paper calls confusion. */
  readonly same: number;
  /** Of them: both images wrong. */
  readonly bothWrong: number;
  /** How far the image moves the model, |log odds of image 1 - log odds of image 2| in nats, on average; null where no reading has likelihoods. */
  readonly moved: number | null;
}

const oddsOf = ({ options }: ScoredRecord): number | null => options && options.A.score - options.B.score;

function confusionOf(pair: Pair, readings: readonly Reading[]): Confusion {
  let [asked, missed, same, bothWrong] = [0, 0, 0, 0];
  const moves: number[] = [];
  for (const { index, method } of readings) {
    const of = (image: 1 | 2): ScoredRecord | null => answered(index.get(recordKey({ pair: pair.id, image, method })));
    const [one, two] = [of(1), of(2)];
    if (!one || !two) continue;
    const { set, confused, right } = judge({ pair, chosen: [one.chosen, two.chosen] });
    asked++;
    if (!set) missed++;
    if (confused) same++;
    if (!right[0] && !right[1]) bothWrong++;
    const [a, b] = [oddsOf(one), oddsOf(two)];
    if (a !== null && b !== null) moves.push(Math.abs(a - b));
  }
  const moved = moves.length === 0 ? null : moves.reduce((x, y) => x + y, 0) / moves.length;
  return { pair: pair.id, asked, missed, same, bothWrong, moved };
}

interface Reading {
  readonly index: ReadonlyMap<string, ResultRecord>;
  readonly method: string;
}

/**
 * Pairs by how much they confuse: first those that the largest share of readings missed, among equals those with the same answer to both images most often,
 * then those whose images move the model least. Pairs that nobody answered stand last, in the benchmark's order.
 * @param runs records of each run; questions under conditions are not counted
 */
export function confusionRank(
  pairs: readonly Pair[],
  runs: readonly (readonly ResultRecord[])[],
): readonly Confusion[] {
  const readings = runs.flatMap((records): Reading[] => {
    const index = indexRecords(records);
    return [...new Set(records.map((r) => r.method))].filter(isPlain).map((method) => ({ index, method }));
  });
  const share = (n: number, { asked }: Confusion): number => (asked === 0 ? -1 : n / asked);
  return pairs
    .map((pair) => confusionOf(pair, readings))
    .sort(
      (a, b) =>
        share(b.missed, b) - share(a.missed, a) ||
        share(b.same, b) - share(a.same, a) ||
        (a.moved ?? Infinity) - (b.moved ?? Infinity) ||
        0,
    );
}

/** confusion.csv: the rank, from 1; pairs that nobody answered have none. */
export function confusionCsv(rank: readonly Confusion[]): string {
  return csvText([
    ['rank', 'pair', 'readings', 'missed', 'same_answer', 'both_wrong', 'moved_nats'],
    ...rank.map((c, i) => [
      ...[c.asked === 0 ? '' : String(i + 1), c.pair, String(c.asked), String(c.missed), String(c.same)],
      ...[String(c.bothWrong), c.moved === null ? '' : c.moved.toFixed(4)],
    ]),
  ]);
}
