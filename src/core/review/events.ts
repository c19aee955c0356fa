/** What the question of one image is given: three judgements and a score from 1 to 10 (section 2 of the paper). */
export interface Score {
  readonly correct: boolean;
  readonly relevant: boolean;
  readonly language: boolean;
  /** As the reviewer gave it; a violated correctness counts as 1 whatever stands here. */
  readonly score: number;
}

export interface Wording {
  readonly question: string;
  readonly option_1: string;
  readonly option_2: string;
}

/** What a review can say of a pair, field by field, with the value of each. */
export interface ReviewFields {
  /** The question with image 1, and with image 2. */
  readonly 'score-1': Score | null;
  readonly 'score-2': Score | null;
  readonly wording: Wording;
  /** Which option is right for image 1 and for image 2. */
  readonly answers: readonly [1 | 2, 1 | 2];
  readonly excluded: boolean;
  readonly flagged: boolean;
  readonly comment: string;
  readonly 'categories-1': readonly string[];
  readonly 'categories-2': readonly string[];
  /** The failure pattern; null: none named. */
  readonly pattern: string | null;
}
export type Field = keyof ReviewFields;
export const FIELDS: readonly Field[] = [
  ...(['score-1', 'score-2', 'wording', 'answers', 'excluded', 'flagged', 'comment'] as const),
  ...(['categories-1', 'categories-2', 'pattern'] as const),
];

/** Least scores of the two questions of a kept pair; the published one is 5. */
export interface Thresholds {
  readonly least: number;
}
export const PUBLISHED_THRESHOLDS: Thresholds = { least: 5 };

/** What stands at the beginning of a trail: whose it is and of what. */
export interface Opening {
  readonly kind: 'open';
  readonly reviewer: string;
  readonly role: 'reviewer' | 'adjudicator';
  /** SHA-256 of what is reviewed (`draftsHash`). */
  readonly drafts: string;
  readonly thresholds: Thresholds;
}

/** One thing that a reviewer did. `undoes`: the number of the event that it takes back. */
export type Change = {
  readonly [F in Field]: {
    readonly kind: 'change';
    readonly pair: string;
    readonly field: F;
    readonly before: ReviewFields[F];
    readonly after: ReviewFields[F];
    readonly undoes?: number;
  };
}[Field];

/** What closes an exported trail, so that a cut at its end is seen. */
export interface Seal {
  readonly kind: 'seal';
  readonly events: number;
}

export type Body = Opening | Change | Seal;

/** A line of a trail. */
export type Event = Body & {
  readonly format: 'lookalike-review/1';
  /** From 1, without gaps. */
  readonly n: number;
  /** ISO 8601. */
  readonly at: string;
  /** Hash of the event before; 64 zeros before the first. */
  readonly prev: string;
  /** SHA-256 of the canonical JSON of the event without this member. */
  readonly hash: string;
};
export type Kept = Event & (Opening | Change);

export const NO_HASH = '0'.repeat(64);
