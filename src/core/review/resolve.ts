import { pairKey, type Draft } from '../drafting/draft.ts';
import { agreement, weightedAgreement, type Agreement, type WeightedAgreement } from './agreement.ts';
import type { Kept, Opening, ReviewFields, Thresholds } from './events.ts';
import { droppedFor, effective, fold, verdict, type PairReview, type Verdict } from './fold.ts';

/** A trail with the state that follows from it. */
export interface Reviewed {
  readonly opening: Opening;
  readonly pairs: ReadonlyMap<string, PairReview>;
}

/** State of a verified trail; null where it has no opening. */
export function reviewed(drafts: readonly Draft[], events: readonly Kept[]): Reviewed | null {
  const { opening, pairs } = fold(drafts, events);
  return opening && { opening, pairs };
}

/** What reviewers must say alike of a kept pair, or an adjudicator must decide. */
export type Difference = 'verdict' | 'wording' | 'answers' | 'categories' | 'pattern';

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function differences(reviews: readonly PairReview[], thresholds: Thresholds): readonly Difference[] {
  const [first, ...others] = reviews;
  if (!first) return [];
  const differs = (of: (r: PairReview) => unknown): boolean => others.some((r) => !same(of(r), of(first)));
  if (differs((r) => verdict(r, thresholds))) return ['verdict'];
  // What stands in a pair that all drop need not be agreed on.
  if (verdict(first, thresholds) === 'dropped') return [];
  const checks: readonly (readonly [Difference, (v: ReviewFields) => unknown])[] = [
    ['wording', (v) => v.wording],
    ['answers', (v) => v.answers],
    ['categories', (v) => [v['categories-1'], v['categories-2']]],
    ['pattern', (v) => v.pattern],
  ];
  return checks.filter(([, of]) => differs((r) => of(r.values))).map(([name]) => name);
}

export type DropReason =
  | 'not drafted'
  | 'not reviewed'
  | 'excluded'
  | 'incorrect'
  | 'score below the threshold'
  | 'reviewers differ, not adjudicated';

/** What became of one pair. */
export interface Outcome {
  readonly draft: Draft;
  readonly verdict: Verdict;
  /** Of a kept pair: what enters the benchmark. */
  readonly values: ReviewFields | null;
  readonly reason: DropReason | null;
  /** Reviewers who scored it. */
  readonly reviewers: number;
  readonly differences: readonly Difference[];
  readonly adjudicated: boolean;
}

const REASONS = { excluded: 'excluded', incorrect: 'incorrect', 'low-score': 'score below the threshold' } as const;

/** What became of every drafted pair under the trails of reviewers and, where they differ, of an adjudicator. */
export function resolve(
  drafts: readonly Draft[],
  trails: readonly Reviewed[],
  thresholds: Thresholds,
): readonly Outcome[] {
  const reviewers = trails.filter((t) => t.opening.role === 'reviewer');
  const adjudicators = trails.filter((t) => t.opening.role === 'adjudicator');
  return drafts.map((draft): Outcome => {
    const none = { draft, values: null, reviewers: 0, differences: [], adjudicated: false };
    if (draft.status !== 'valid') return { ...none, verdict: 'dropped', reason: 'not drafted' };
    const closed = (all: readonly Reviewed[]): readonly PairReview[] =>
      all.flatMap((t) => t.pairs.get(pairKey(draft)) ?? []).filter((r) => verdict(r, thresholds) !== 'open');
    const reviews = closed(reviewers);
    const found = differences(reviews, thresholds);
    const last = closed(adjudicators).at(-1);
    const settled = last ?? (found.length === 0 ? reviews[0] : undefined);
    const facts = { draft, reviewers: reviews.length, differences: found, adjudicated: last !== undefined };
    if (!settled) {
      const reason = reviews.length === 0 ? 'not reviewed' : 'reviewers differ, not adjudicated';
      return { ...facts, verdict: reviews.length === 0 ? 'open' : 'dropped', values: null, reason };
    }
    const why = droppedFor(settled, thresholds);
    if (why !== null) return { ...facts, verdict: 'dropped', values: null, reason: REASONS[why] };
    return { ...facts, verdict: 'kept', values: settled.values, reason: null };
  });
}

const SCALE = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/** Two reviewers on the pairs that both closed. */
export interface PairOfReviewers {
  readonly names: readonly [string, string];
  /** Kept or dropped. */
  readonly decisions: Agreement;
  /** Scores of both questions, as they count. */
  readonly scores: WeightedAgreement;
  /** What the figures are made from: a row for each rating. */
  readonly rows: readonly Rating[];
}

export interface Rating {
  readonly pair: string;
  readonly item: 'decision' | 'score-1' | 'score-2';
  readonly values: readonly [string, string];
}

/** How far each two reviewers agree; adjudicators saw what others said and are left out. */
export function agreements(trails: readonly Reviewed[], thresholds: Thresholds): readonly PairOfReviewers[] {
  const reviewers = trails.filter((t) => t.opening.role === 'reviewer');
  return reviewers.flatMap((one, i) => reviewers.slice(i + 1).map((two) => compared(one, two, thresholds)));
}

function compared(one: Reviewed, two: Reviewed, thresholds: Thresholds): PairOfReviewers {
  const rows: Rating[] = [];
  const decisions: (readonly [Verdict, Verdict])[] = [];
  const scores: (readonly [number, number])[] = [];
  for (const [pair, a] of one.pairs) {
    const b = two.pairs.get(pair);
    if (!b) continue;
    const [va, vb] = [verdict(a, thresholds), verdict(b, thresholds)];
    if (va !== 'open' && vb !== 'open') {
      decisions.push([va, vb]);
      rows.push({ pair, item: 'decision', values: [va, vb] });
    }
    for (const item of ['score-1', 'score-2'] as const) {
      const [sa, sb] = [a.values[item], b.values[item]];
      if (sa === null || sb === null) continue;
      const both = [effective(sa), effective(sb)] as const;
      scores.push(both);
      rows.push({ pair, item, values: [String(both[0]), String(both[1])] });
    }
  }
  const names = [one.opening.reviewer, two.opening.reviewer] as const;
  return { names, decisions: agreement(decisions), scores: weightedAgreement(scores, SCALE), rows };
}
