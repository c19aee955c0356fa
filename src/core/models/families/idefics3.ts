import { stringAt } from '../../json.ts';
import { common, imagePiece, rowsPerTile } from './common.ts';
import type { Family, FamilyFiles, PromptImage, Vocabulary } from './types.ts';

/**
 * Idefics3 and SmolVLM prompt expansion (transformers: models/idefics3/processing_idefics3.py, `_prompt_split_image` and
 * `_prompt_single_image`): each tile is framed by fake tokens and named by its row and column, the global image comes last.
 */
function expand(image: PromptImage, files: FamilyFiles, vocabulary: Vocabulary): string {
  const fake = stringAt(files.processor, ['fake_image_token'], '<fake_token_around_image>');
  const global = stringAt(files.processor, ['global_image_token'], '<global-img>');
  const tile = imagePiece(files, vocabulary).repeat(rowsPerTile(image));
  const { rows, cols } = image.layout;
  const whole = `${fake}${global}${tile}${fake}`;
  if (rows === 0 && cols === 0) return whole;
  let text = '';
  for (let r = 1; r <= rows; r++) {
    for (let c = 1; c <= cols; c++) text += `${fake}<row_${r}_col_${c}>${tile}`;
    text += '\n';
  }
  return `${text}\n${whole}`;
}

export const idefics3: Family = { ...common, type: 'idefics3', status: 'checked', expand };
export const smolvlm: Family = { ...common, type: 'smolvlm', status: 'checked', expand };
