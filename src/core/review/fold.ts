import type { Draft } from '../drafting/draft.ts';
import { pairKey } from '../drafting/draft.ts';
import type { Change, Field, Kept, Opening, ReviewFields, Score, Thresholds } from './events.ts';

/** What a trail says of one pair. */
export interface PairReview {
  readonly pair: string;
  readonly values: ReviewFields;
  /** Fields that were changed and not changed back. */
  readonly touched: ReadonlySet<Field>;
}

export type Verdict = 'open' | 'kept' | 'dropped';

/** A drafted question before anything was done to it. */
export function untouched(draft: Pick<Draft, 'parsed' | 'categories'>): ReviewFields {
  const { parsed, categories } = draft;
  const which = (answer: string | undefined): 1 | 2 => (answer === parsed?.option_1 ? 1 : 2);
  return {
    'score-1': null,
    'score-2': null,
    wording: {
      question: parsed?.question ?? '',
      option_1: parsed?.option_1 ?? '',
      option_2: parsed?.option_2 ?? '',
    },
    answers: [which(parsed?.image_1), which(parsed?.image_2)],
    excluded: false,
    flagged: false,
    comment: '',
    'categories-1': categories[0],
    'categories-2': categories[1],
    pattern: null,
  };
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The state of one pair with a change applied. */
export function applied(review: PairReview, change: Change, first: ReviewFields): PairReview {
  const values: ReviewFields = { ...review.values, [change.field]: change.after };
  const touched = new Set(review.touched);
  if (same(change.after, first[change.field])) touched.delete(change.field);
  else touched.add(change.field);
  return { ...review, values, touched };
}

export interface Folded {
  readonly opening: Opening | null;
  readonly pairs: ReadonlyMap<string, PairReview>;
  /** Events that name a pair that is not among the drafts. */
  readonly strangers: number;
}

/** State folded from events, for every draft that can be reviewed. */
export function fold(drafts: readonly Draft[], events: readonly Kept[]): Folded {
  const firsts = new Map(drafts.map((d) => [pairKey(d), untouched(d)]));
  const pairs = new Map<string, PairReview>(
    [...firsts].map(([pair, values]) => [pair, { pair, values, touched: new Set<Field>() }]),
  );
  let opening: Opening | null = null;
  let strangers = 0;
  for (const event of events) {
    if (event.kind === 'open') {
      opening = event;
      continue;
    }
    const [review, first] = [pairs.get(event.pair), firsts.get(event.pair)];
    if (review && first) pairs.set(event.pair, applied(review, event, first));
    else strangers++;
  }
  return { opening, pairs, strangers };
}

/** A score as it counts: a violated correctness makes it 1 (section 2). */
export function effective(score: Score): number {
  return score.correct ? score.score : 1;
}

/** Kept when both questions reach the least score; dropped when one does not, or the pair was excluded; open until both are scored. */
export function verdict({ values }: Pick<PairReview, 'values'>, { least }: Thresholds): Verdict {
  if (values.excluded) return 'dropped';
  const [one, two] = [values['score-1'], values['score-2']];
  if (one === null || two === null) return 'open';
  return effective(one) >= least && effective(two) >= least ? 'kept' : 'dropped';
}

/** Why a pair was dropped; null where it was not. */
export function droppedFor(
  review: Pick<PairReview, 'values'>,
  thresholds: Thresholds,
): 'excluded' | 'incorrect' | 'low-score' | null {
  if (verdict(review, thresholds) !== 'dropped') return null;
  const { values } = review;
  if (values.excluded) return 'excluded';
  return values['score-1']?.correct === false || values['score-2']?.correct === false ? 'incorrect' : 'low-score';
}

/** The change that takes back the last one that still stands; null where there is none. */
export function undoOf(events: readonly Kept[]): Change | null {
  const undone = new Set(events.flatMap((e) => (e.kind === 'change' && e.undoes !== undefined ? [e.undoes] : [])));
  const last = events.findLast((e) => e.kind === 'change' && e.undoes === undefined && !undone.has(e.n));
  if (last?.kind !== 'change') return null;
  return reversed(last, last.n);
}

function reversed(change: Change, n: number): Change {
  const { pair } = change;
  const base = { kind: 'change', pair, undoes: n } as const;
  // One object for each field keeps the value's type beside the field's name.
  switch (change.field) {
    case 'score-1':
    case 'score-2':
      return { ...base, field: change.field, before: change.after, after: change.before };
    case 'wording':
      return { ...base, field: change.field, before: change.after, after: change.before };
    case 'answers':
      return { ...base, field: change.field, before: change.after, after: change.before };
    case 'excluded':
    case 'flagged':
      return { ...base, field: change.field, before: change.after, after: change.before };
    case 'comment':
      return { ...base, field: change.field, before: change.after, after: change.before };
    case 'categories-1':
    case 'categories-2':
      return { ...base, field: change.field, before: change.after, after: change.before };
    case 'pattern':
      return { ...base, field: change.field, before: change.after, after: change.before };
  }
}
