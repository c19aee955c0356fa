import type { Benchmark, Letter, Pair } from '../benchmark/types.ts';
import { waitsForJudge } from '../methods/ff.ts';
import { recordKey, type ResultRecord, type ScoredRecord } from '../records/record.ts';

/** The answers of one method to one pair; null is invalid. */
export interface PairAnswers {
  readonly pair: Pair;
  readonly chosen: readonly [Letter | null, Letter | null];
}

/** Sums over pairs, under the names of summary.json (docs/results.md). */
export interface Counts {
  /** Pairs with both questions answered or invalid: the denominators. */
  readonly pairs: number;
  readonly set: number;
  readonly individual: number;
  readonly confused: number;
  readonly invalid: number;
  readonly validPairs: number;
  /** Valid and not confused. */
  readonly unconfused: number;
}

/** The same sums for one category (docs/scoring.md, "By category"). */
export interface CategoryCounts extends Omit<Counts, 'pairs'> {
  /** Images with the category: the denominator. */
  readonly images: number;
}

/** Records by their key. */
export type RecordIndex = ReadonlyMap<string, ResultRecord>;

/** Records of one or several lists by key; of two with one key the later counts. */
export function indexRecords(...lists: readonly Iterable<ResultRecord>[]): RecordIndex {
  const index = new Map<string, ResultRecord>();
  for (const list of lists) for (const r of list) index.set(recordKey(r), r);
  return index;
}

/** The methods that have records, each once. */
export function methodNames(index: RecordIndex): readonly string[] {
  const found = new Set<string>();
  for (const { method } of index.values()) found.add(method);
  return [...found];
}

/** The record if it says what was chosen: it did not fail, and a free answer was judged; else null. */
export function answered(r: ResultRecord | undefined): ScoredRecord | null {
  return r?.status === 'scored' && !waitsForJudge(r) ? r : null;
}

/**
 * The pairs whose two questions both have a score under a method, in the benchmark's order. A pair with a failed, missing or unjudged question is left out:
 * it leaves that method's denominators (docs/results.md).
 */
export function pairAnswers(
  benchmark: Pick<Benchmark, 'pairs'>,
  index: ReadonlyMap<string, ResultRecord>,
  method: string,
): readonly PairAnswers[] {
  return benchmark.pairs.flatMap((pair) => {
    const one = answered(index.get(recordKey({ pair: pair.id, image: 1, method })));
    const two = answered(index.get(recordKey({ pair: pair.id, image: 2, method })));
    if (!one || !two) return [];
    return [{ pair: withRight(pair, [one, two]), chosen: [one.chosen, two.chosen] as const }];
  });
}

/** A flipped image may exchange what is right (the run says for which pairs); everywhere else the benchmark says it. */
function withRight(pair: Pair, records: readonly [ScoredRecord, ScoredRecord]): Pair {
  if (!records.every((r) => (r.changes ?? []).some((c) => c.kind === 'flip'))) return pair;
  const [one, two] = pair.images;
  return {
    ...pair,
    images: [
      { ...one, right: records[0].right },
      { ...two, right: records[1].right },
    ],
  };
}

/** What one pair adds. */
export interface Judged {
  readonly right: readonly [boolean, boolean];
  readonly invalid: readonly [boolean, boolean];
  readonly valid: boolean;
  readonly confused: boolean;
  readonly set: boolean;
}

/** Judges a pair's answers (arXiv 2409.15477, section 3.1): valid, confused, set. */
export function judge({ pair, chosen }: PairAnswers): Judged {
  const right = [chosen[0] === pair.images[0].right, chosen[1] === pair.images[1].right] as const;
  const invalid = [chosen[0] === null, chosen[1] === null] as const;
  const valid = !invalid[0] && !invalid[1];
  return { right, invalid, valid, confused: valid && chosen[0] === chosen[1], set: right[0] && right[1] };
}

const ZERO = { set: 0, individual: 0, confused: 0, invalid: 0, validPairs: 0, unconfused: 0 };
type Sums = { -readonly [K in keyof typeof ZERO]: number };

/** Sums over all pairs. */
export function countPairs(answers: readonly PairAnswers[]): Counts {
  const sums: Sums = { ...ZERO };
  for (const a of answers) {
    const j = judge(a);
    addPair(sums, j);
    for (const i of [0, 1] as const) addImage(sums, j, i);
  }
  return { pairs: answers.length, ...sums };
}

/**
 * Sums by category, by the published rules: individual and invalid count each image in each of its categories; the pair counters add one for
 * every category of image 1 and one for every category of image 2.
 * @param categories in the order wanted
 */
export function countCategories(
  answers: readonly PairAnswers[],
  categories: readonly string[],
): Readonly<Record<string, CategoryCounts>> {
  const sums = new Map(categories.map((c): [string, Sums & { images: number }] => [c, { images: 0, ...ZERO }]));
  for (const a of answers) {
    const j = judge(a);
    for (const i of [0, 1] as const)
      for (const category of a.pair.images[i].categories) {
        const s = sums.get(category);
        if (!s) continue;
        s.images++;
        addPair(s, j);
        addImage(s, j, i);
      }
  }
  return Object.fromEntries(sums);
}

function addPair(sums: Sums, j: Judged): void {
  if (j.set) sums.set++;
  if (j.confused) sums.confused++;
  if (j.valid) sums.validPairs++;
  if (j.valid && !j.confused) sums.unconfused++;
}

function addImage(sums: Sums, j: Judged, i: 0 | 1): void {
  if (j.right[i]) sums.individual++;
  if (j.invalid[i]) sums.invalid++;
}

/** The categories of Table 2, in its order. */
const TABLE_2 = [
  ...['Cerebral', 'Vascular', 'Head and Neck', 'Spinal', 'Musculoskeletal', 'Cardiac'],
  ...['Gastrointestinal', 'Pulmonary', 'Nuclear Medicine'],
];

/** Category names: those of the paper's Table 2 in its order, then others in the order given. */
export function orderCategories(names: Iterable<string>): readonly string[] {
  const found = new Set(names);
  return [...TABLE_2.filter((c) => found.has(c)), ...[...found].filter((c) => !TABLE_2.includes(c))];
}

/** All categories of a benchmark, in that order. */
export function categoriesOf(benchmark: Pick<Benchmark, 'pairs'>): readonly string[] {
  return orderCategories(benchmark.pairs.flatMap((p) => p.images.flatMap((i) => i.categories)));
}
