import * as v from 'valibot';
import { isDraft, type Draft } from '../core/drafting/draft.ts';
import type { BlindOdds } from '../core/review/blind.ts';
import type { SearchFacts } from '../core/review/card.ts';
import { text } from './row-parts.ts';

/** A set of drafts: what one round of drafting made, and what is reviewed together. */
export interface DraftSet {
  readonly id: string;
  readonly name: string;
  readonly madeAt: string;
  /** The kept collection whose images it shows; null where the drafts were brought as a file. */
  readonly collection: string | null;
  /** The chosen pairs that it drafts; null where the drafts were brought as a file. */
  readonly chosen: string | null;
  /** Categories that reviewers choose from. */
  readonly categories: readonly string[];
  /** Pairs left out for a short or missing caption. */
  readonly leftOut: number;
  /** Least score of both questions of a kept pair; as published where nobody chose another. */
  readonly least?: number;
  /** How its pairs were found, for the dataset card. */
  readonly search?: SearchFacts;
  /** What a model made of its questions without their images, by `wordingKey`: a question that was edited since was not asked. */
  readonly blind?: { readonly by: string; readonly odds: Readonly<Record<string, BlindOdds>> };
}
export const draftSet: v.GenericSchema<unknown, DraftSet> = v.object({
  id: text,
  name: text,
  madeAt: text,
  collection: v.nullable(text),
  chosen: v.nullable(text),
  categories: v.array(text),
  leftOut: v.number(),
  least: v.exactOptional(v.number()),
  search: v.exactOptional(
    v.object({
      collection: v.nullable(text),
      images: v.nullable(v.number()),
      thresholds: v.nullable(v.object({ med: v.number(), gen: v.number() })),
      encoders: v.array(text),
    }),
  ),
  blind: v.exactOptional(v.object({ by: text, odds: v.record(text, v.tuple([v.number(), v.number()])) })),
});

export interface DraftRow {
  readonly set: string;
  /** `pairKey` of the draft. */
  readonly pair: string;
  /** Place in the set. */
  readonly order: number;
  readonly draft: Draft;
}
export const draftRow: v.GenericSchema<unknown, DraftRow> = v.object({
  set: text,
  pair: text,
  order: v.number(),
  draft: v.custom<Draft>(isDraft, 'not a draft'),
});
