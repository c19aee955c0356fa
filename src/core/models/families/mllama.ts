import { common } from './common.ts';
import type { Family } from './types.ts';

/** Llama 3.2 Vision, as tools/export writes it: one token marks the image, whose keys and values are inputs of the decoder (modeling_mllama.py). */
export const mllama: Family = {
  ...common,
  type: 'mllama',
  status: 'checked',
  sessionsOf: 'llava',
  sees: 'states',
  expand: (_image, files, vocabulary) => common.placeholder(files, vocabulary),
};
