import * as v from 'valibot';
import type { Change } from '../core/images/changes/change.ts';
import type { Mark, MarkSet } from '../core/images/marks/mark.ts';
import { areMarks, isMarkSet } from '../core/images/marks/read.ts';
import { text } from './row-parts.ts';

/** Marks out of the store; core's own reader says what a mark is. */
export const markSet: v.GenericSchema<unknown, MarkSet> = v.custom<MarkSet>(isMarkSet, 'a set of marks');
const marks: v.GenericSchema<unknown, readonly Mark[]> = v.custom<readonly Mark[]>(areMarks, 'a list of marks');

/** What was done to the image of a record. */
export const changes: v.GenericSchema<unknown, readonly Change[]> = v.array(
  v.variant('kind', [
    v.object({
      kind: v.literal('marks'),
      marks,
      place: v.variant('kind', [
        v.object({ kind: v.literal('own') }),
        v.object({ kind: v.literal('mirrored') }),
        v.object({ kind: v.literal('random'), seed: text }),
      ]),
    }),
    v.object({ kind: v.literal('hide'), marks }),
    v.object({
      kind: v.literal('cell'),
      grid: v.number(),
      row: v.number(),
      column: v.number(),
      fill: v.picklist(['grey', 'blur']),
    }),
    v.object({ kind: v.literal('caption'), text }),
    v.object({ kind: v.literal('jpeg'), quality: v.number() }),
    v.object({ kind: v.literal('rotate'), degrees: v.literal(5) }),
    v.object({ kind: v.literal('flip') }),
    v.object({ kind: v.literal('brightness'), percent: v.number() }),
    v.object({ kind: v.literal('noise'), sigma: v.number(), seed: text }),
    v.object({ kind: v.literal('downscale'), by: v.number() }),
  ]),
);
