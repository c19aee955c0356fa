import { fault, FaultError } from '../../fault.ts';
import { numberAt, stringAt } from '../../json.ts';
import { common, imagePiece, mergeSize } from './common.ts';
import type { Family, FamilyFiles, PromptImage, Vocabulary } from './types.ts';

/** Mistral 3 (Pixtral): rows of image tokens, each closed by a break token, the last by the end token (transformers: models/pixtral/processing_pixtral.py). */
export const mistral3: Family = {
  ...common,
  type: 'mistral3',
  status: 'checked',
  expand: (image, files, vocabulary) => {
    const g = image.layout.grid;
    if (g === null) throw new FaultError(fault('internal', 'A Pixtral image was prepared without its patch grid.'));
    const m = mergeSize(files);
    const [h, w] = [Math.floor(g[1] / m), Math.floor(g[2] / m)];
    const row = imagePiece(files, vocabulary).repeat(w);
    const brk = stringAt(files.processor, ['image_break_token'], '[IMG_BREAK]');
    const end = stringAt(files.processor, ['image_end_token'], '[IMG_END]');
    return Array.from({ length: h }, () => row).join(brk) + end;
  },
};

/** LFM2-VL: tiles named by row and column, then the thumbnail (transformers.js: models/lfm2_vl/processing_lfm2_vl.js). */
function lfm2Expand(image: PromptImage, files: FamilyFiles, vocabulary: Vocabulary): string {
  const piece = imagePiece(files, vocabulary);
  const setting = (key: string, fallback: number): number =>
    numberAt(files.preprocessor, [key], numberAt(files.config, [key], fallback));
  const factor = setting('downsample_factor', 2);
  const patch = setting('encoder_patch_size', 16);
  const down = (patches: number): number => Math.ceil(patches / factor);
  const perTile = down(Math.floor(setting('tile_size', 512) / patch)) ** 2;
  const { rows, cols, grid } = image.layout;
  const whole = grid === null ? image.rows - rows * cols * perTile : down(grid[1]) * down(grid[2]);
  let text = stringAt(files.processor, ['image_start_token'], '<|image_start|>');
  if (rows > 1 || cols > 1) {
    for (let r = 1; r <= rows; r++)
      for (let c = 1; c <= cols; c++) text += `<|img_row_${r}_col_${c}|>${piece.repeat(perTile)}`;
    const rest = image.rows - rows * cols * perTile;
    if (rest > 0) text += stringAt(files.processor, ['image_thumbnail'], '<|img_thumbnail|>') + piece.repeat(rest);
  } else text += piece.repeat(whole);
  return text + stringAt(files.processor, ['image_end_token'], '<|image_end|>');
}
export const lfm2Vl: Family = { ...common, type: 'lfm2_vl', status: 'checked', expand: lfm2Expand };

/** Florence-2: encoder and decoder; image features stand before the text's embeddings in the encoder, so no token marks them. */
export const florence2: Family = {
  ...common,
  type: 'florence2',
  status: 'checked',
  architecture: 'encoder-decoder',
  placeholder: () => '',
  expand: () => '',
  imageTokenId: () => -1,
  plainPrompt: (_images, text) => text,
};
