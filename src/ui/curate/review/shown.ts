import { pairKey } from '../../../core/drafting/draft.ts';
import type { Thresholds } from '../../../core/review/events.ts';
import { verdict, type PairReview } from '../../../core/review/fold.ts';
import type { Outcome } from '../../../core/review/resolve.ts';

/** Which pairs a reviewer may choose to see. */
export const SHOWN = ['open', 'kept', 'dropped', 'edited', 'flagged', 'disagreed', 'all'] as const;
export type Shown = (typeof SHOWN)[number];

/** @param outcomes what all trails together say, for `disagreed` */
export function isShown(
  review: PairReview,
  shown: Shown,
  outcomes: readonly Outcome[],
  thresholds: Thresholds,
): boolean {
  if (shown === 'all') return true;
  if (shown === 'disagreed') return outcomes.some((o) => o.differences.length > 0 && pairKey(o.draft) === review.pair);
  if (shown === 'flagged') return review.values.flagged;
  if (shown === 'edited') return review.touched.has('wording') || review.touched.has('answers');
  return verdict(review, thresholds) === shown;
}
