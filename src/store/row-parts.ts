import * as v from 'valibot';
import type { FaultCode } from '../core/fault.ts';

/* Pieces that the schemas of several rows are made of. */

export const letter = v.picklist(['A', 'B']);
export const text = v.string();
export const scalar = v.union([v.string(), v.number(), v.boolean(), v.null()]);
export const strings = v.record(text, text);
export const byLetter = <S extends v.GenericSchema>(schema: S) => v.strictObject({ A: schema, B: schema });
export const sha256 = v.pipe(text, v.regex(/^[0-9a-f]{64}$/, 'not a SHA-256'));

export const faultSchema = v.looseObject({
  // Codes are added with time; an unknown one is still a fault with a sentence.
  code: v.custom<FaultCode>((c) => typeof c === 'string'),
  message: text,
  facts: v.exactOptional(v.record(text, scalar)),
});
