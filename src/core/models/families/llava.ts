import { common } from './common.ts';
import type { Family } from './types.ts';

/**
 * LLaVA 1.5 and its kin (transformers: models/llava). The image becomes as many tokens as the vision session gives rows, whatever
 * vision_feature_select_strategy says: the export has already selected.
 */
export const llava: Family = { ...common, type: 'llava', status: 'checked' };

export const llavaOnevision: Family = {
  ...common,
  type: 'llava_onevision',
  status: 'checked',
  caveat: 'Images are shown to this model as one tile: transformers.js exports leave out its any-resolution tiling.',
};

/** FastVLM in transformers' layout. */
export const fastVlm: Family = { ...common, type: 'fast_vlm', status: 'checked', sessionsOf: 'llava' };

/** FastVLM in its makers' layout. Its template takes strings only; the makers write the image and a line end in front of the question (predict.py). */
export const llavaQwen2: Family = { ...common, type: 'llava_qwen2', status: 'checked', behindImage: '\n' };

/**
 * LLaVA-NeXT (1.6), as tools/export writes it: the vision session packs the rows of all tiles, so that the image becomes as many tokens as it gives rows.
 */
export const llavaNext: Family = { ...common, type: 'llava_next', status: 'checked', sessionsOf: 'llava' };
