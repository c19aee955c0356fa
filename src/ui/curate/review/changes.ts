import type { Change, Score } from '../../../core/review/events.ts';
import type { PairReview } from '../../../core/review/fold.ts';

export type Judged = 'correct' | 'relevant' | 'language';
/** What stands until something else is said. */
export const FINE: Omit<Score, 'score'> = { correct: true, relevant: true, language: true };

/** What a question of the pair was given; null: nothing yet. */
export function scoreOf({ values }: Pick<PairReview, 'values'>, question: 1 | 2): Score | null {
  return values[question === 1 ? 'score-1' : 'score-2'];
}

/** The change that gives one of the two questions a score. */
export function scoreChange(
  { pair, values }: PairReview,
  question: 1 | 2,
  judged: Omit<Score, 'score'>,
  score: number,
): Change {
  const field = question === 1 ? ('score-1' as const) : ('score-2' as const);
  const { correct, relevant, language } = judged;
  const after = { correct, relevant, language, score: judged.correct ? score : 1 };
  return { kind: 'change', pair, field, before: values[field], after };
}

/** Exchanges which option is right for which image. */
export function swapChange({ pair, values }: PairReview): Change {
  const [one, two] = values.answers;
  return { kind: 'change', pair, field: 'answers', before: values.answers, after: [two, one] };
}

export function flip({ pair, values }: PairReview, field: 'excluded' | 'flagged'): Change {
  return { kind: 'change', pair, field, before: values[field], after: !values[field] };
}

/** A change only where something changed. */
export function unlessSame(change: Change): Change | null {
  return JSON.stringify(change.before) === JSON.stringify(change.after) ? null : change;
}
