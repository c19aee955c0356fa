import type { LayoutName } from '../../../src/core/models/families/types.ts';
import type { MakeLayout } from './layout.ts';
import { multiModality } from './multi-modality.ts';
import { phi3v } from './phi3v.ts';
import { usual } from './usual.ts';

/** Every layout of sessions that is driven. A new one: its file, a line here, and its session files in core/models/families/sessions.ts. */
export const LAYOUTS: Readonly<Record<LayoutName, MakeLayout>> = {
  usual,
  multi_modality: multiModality,
  phi3_v: phi3v,
};
