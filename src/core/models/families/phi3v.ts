import { fault, FaultError } from '../../fault.ts';
import { at, numberAt } from '../../json.ts';
import { common, plainPositions } from './common.ts';
import type { Family } from './types.ts';

/** The token of the vocabulary that stands for an image; the makers' own code counts images by negative ids instead, which no tokenizer has. */
const IMAGE = '<|image|>';

/**
 * Phi-3-vision and Phi-3.5-vision. Texts around an image are tokenised by themselves, each with a beginning-of-text token (processing_phi3_v.py,
 * `_convert_images_texts_to_inputs`; transformers.js leaves the later ones out). The template takes texts only, with each image in a line of its own.
 */
export const phi3v: Family = {
  ...common,
  type: 'phi3_v',
  status: 'checked',
  layout: 'phi3_v',
  tokenised: 'around-images',
  behindImage: '\n',
  placeholder: () => IMAGE,
  expand: (image) => IMAGE.repeat(image.rows),
  imageTokenId: (_files, vocabulary) => {
    const id = vocabulary.id(IMAGE);
    if (id !== null) return id;
    throw new FaultError(
      fault('bad-model', `The tokenizer has no token ${IMAGE}, which stands for an image. Bring the whole folder.`),
    );
  },
  positions: (ids, _images, { config }, rows) => {
    // Beyond this length every token is turned by other factors, those of a shorter prefix included.
    const most = at(config, 'rope_scaling')
      ? numberAt(config, ['original_max_position_embeddings'], Infinity)
      : Infinity;
    if (ids.length > most)
      throw new FaultError(
        fault(
          'bad-prompt',
          `The prompt takes ${ids.length} tokens. Beyond ${most} this model counts positions otherwise, so that it cannot be computed piece by piece: use fewer examples, or a shorter text.`,
          { tokens: ids.length, most },
        ),
      );
    return plainPositions(ids.length, rows);
  },
};
