import * as v from 'valibot';
import type { Overlay } from '../core/overlay/overlay.ts';
import { text } from './row-parts.ts';

/** An overlay, as it is kept and as its file is read. */
export const overlay: v.GenericSchema<unknown, Overlay> = v.looseObject({
  format: v.literal('lookalike-overlay/1'),
  benchmark: v.looseObject({ name: text, sha256: text }),
  patterns: v.exactOptional(v.array(v.looseObject({ name: text, meaning: text }))),
  pairs: v.record(
    text,
    v.looseObject({
      patterns: v.exactOptional(v.array(text)),
      flagged: v.exactOptional(v.boolean()),
      note: v.exactOptional(text),
    }),
  ),
});
