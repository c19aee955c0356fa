import { SERVED } from '../core/models/builtin.ts';

/** The two small encoders that ship with the page; they know the built-in phantoms only. */
export const DEMO_ENCODERS = {
  med: `${SERVED}models/phantom-clip/`,
  gen: `${SERVED}models/phantom-dino/`,
} as const;
