import { stringAt } from '../../json.ts';
import { common, imagePiece } from './common.ts';
import type { Family } from './types.ts';

/** InternVL 2.5 to 3.5 in transformers' layout: every tile's tokens in one run between two marks (processing_internvl.py, `replace_image_token`). */
export const internvl: Family = {
  ...common,
  type: 'internvl',
  status: 'checked',
  sessionsOf: 'llava',
  expand: (image, files, vocabulary) => {
    const begin = stringAt(files.tokenizerConfig, ['start_image_token'], '<img>');
    const end = stringAt(files.tokenizerConfig, ['end_image_token'], '</img>');
    return `${begin}${imagePiece(files, vocabulary).repeat(image.rows)}${end}`;
  },
};
