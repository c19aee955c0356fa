import { stringAt } from '../../json.ts';
import { common, imagePiece } from './common.ts';
import type { Family } from './types.ts';

/** Janus and Janus-Pro in transformers' layout: image tokens between two marks (processing_janus.py, `replace_image_token`). */
export const janus: Family = {
  ...common,
  type: 'janus',
  status: 'checked',
  sessionsOf: 'llava',
  expand: (image, files, vocabulary) => {
    const begin = stringAt(files.tokenizerConfig, ['boi_token'], '<begin_of_image>');
    const end = stringAt(files.tokenizerConfig, ['eoi_token'], '<end_of_image>');
    return `${begin}${imagePiece(files, vocabulary).repeat(image.rows)}${end}`;
  },
};
