import { fault, FaultError } from '../../fault.ts';
import { at, numberAt } from '../../json.ts';
import { common, plainPositions } from './common.ts';
import type { Family, FamilyFiles, PromptImage } from './types.ts';

/** The whole picture's rows of tokens, then those of the crops, each closed by a column's mark where the processor writes one (processing_molmo2.py). */
function expand(image: PromptImage, files: FamilyFiles): string {
  const g = image.layout.grid;
  if (g === null) throw new FaultError(fault('internal', 'A Molmo 2 image was prepared without its grid.'));
  const flag = (key: string, fallback: boolean): boolean => {
    const value = at(files.processor, key);
    return typeof value === 'boolean' ? value : fallback;
  };
  const marked = flag('image_use_col_tokens', true);
  const rows = (high: number, wide: number, mark: boolean): string =>
    `${'<im_patch>'.repeat(wide)}${mark ? '<im_col>' : ''}`.repeat(high);
  const begin = flag('use_single_crop_start_token', true) ? '<low_res_im_start>' : '<im_start>';
  const whole = rows(g[1], g[2], flag('use_single_crop_col_tokens', marked));
  return `${begin}${whole}<im_end><im_start>${rows(image.layout.rows, image.layout.cols, marked)}<im_end>`;
}

/**
 * Molmo 2, as tools/export writes it. The tokens of an image see each other both ways: the embeddings' session tells the decoder which they are, and an image
 * is always computed in one run. Those of two images would see each other, too, which cannot be had where one is computed before the other.
 */
export const molmo2: Family = {
  ...common,
  type: 'molmo2',
  status: 'checked',
  sessionsOf: 'llava',
  imageLead: 1,
  placeholder: () => '<|image|>',
  imageTokenId: (files, vocabulary) => numberAt(files.config, ['image_patch_id'], vocabulary.id('<im_patch>') ?? -1),
  expand,
  positions: (ids, images, _files, rows) => {
    if (images.length > 1)
      throw new FaultError(
        fault(
          'bad-prompt',
          'This model lets the tokens of all images see each other: use a prompt set without examples that show images.',
        ),
      );
    return plainPositions(ids.length, rows);
  },
};
