import * as v from 'valibot';
import type { ResultRecord } from '../core/records/record.ts';
import { changes } from './mark-rows.ts';
import { byLetter, faultSchema, letter, text } from './row-parts.ts';

const optionScore = v.looseObject({
  score: v.number(),
  sum: v.number(),
  tokens: v.array(v.number()),
  tokenLogprobs: v.array(v.number()),
  pmi: v.exactOptional(v.number()),
});
const recordBase = {
  pair: text,
  image: v.picklist([1, 2]),
  method: text,
  right: letter,
  imageSha256: text,
  changes: v.exactOptional(changes),
  notes: v.array(text),
};
/** Loose: docs/results.md changes by adding, and what a newer version added must survive an export by this one. */
export const resultRecord: v.GenericSchema<unknown, ResultRecord> = v.variant('status', [
  v.looseObject({
    ...recordBase,
    status: v.literal('scored'),
    chosen: v.nullable(letter),
    correct: v.boolean(),
    options: v.nullable(byLetter(optionScore)),
    mass: v.nullable(v.number()),
    margin: v.nullable(v.number()),
    letterVariants: v.nullable(
      byLetter(v.array(v.looseObject({ token: v.number(), piece: text, logprob: v.number() }))),
    ),
    text: v.nullable(text),
    thought: v.exactOptional(text),
    promptTokens: v.number(),
    judge: v.exactOptional(
      v.looseObject({
        name: text,
        sha256: text,
        person: v.exactOptional(v.literal(true)),
        a: v.nullable(v.number()),
        b: v.nullable(v.number()),
        text,
      }),
    ),
  }),
  v.looseObject({
    ...recordBase,
    status: v.literal('failed'),
    chosen: v.null(),
    correct: v.null(),
    options: v.null(),
    fault: faultSchema,
  }),
]);

export interface RecordRow {
  readonly run: string;
  readonly key: string;
  readonly record: ResultRecord;
}
export const recordRow: v.GenericSchema<unknown, RecordRow> = v.object({ run: text, key: text, record: resultRecord });
