import * as v from 'valibot';
import type { Kept } from '../core/review/events.ts';
import { isEvent } from '../core/review/schema.ts';
import { text } from './row-parts.ts';

/** Whose trail it is, and of which set of drafts. Its events are rows of their own. */
export interface TrailRow {
  readonly id: string;
  readonly set: string;
  readonly reviewer: string;
  readonly role: 'reviewer' | 'adjudicator';
  readonly madeAt: string;
  /** It came as a file: it is read and never written to. */
  readonly imported: boolean;
}
export const trailRow: v.GenericSchema<unknown, TrailRow> = v.object({
  id: text,
  set: text,
  reviewer: text,
  role: v.picklist(['reviewer', 'adjudicator']),
  madeAt: text,
  imported: v.boolean(),
});

export interface EventRow {
  readonly trail: string;
  readonly n: number;
  readonly event: Kept;
}
const isKept = (value: unknown): value is Kept => isEvent(value) && value.kind !== 'seal';
export const eventRow: v.GenericSchema<unknown, EventRow> = v.object({
  trail: text,
  n: v.number(),
  event: v.custom<Kept>(isKept, 'not an event of a trail'),
});
