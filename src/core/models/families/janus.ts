import { fault, FaultError } from '../../fault.ts';
import { stringAt } from '../../json.ts';
import { common, imagePiece } from './common.ts';
import type { Family, FamilyFiles } from './types.ts';

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

const tagOf = (files: FamilyFiles): string => stringAt(files.processor, ['image_tag'], '<image_placeholder>');

/**
 * Janus and Janus-Pro as their makers lay them out, in the public exports (onnx-community/Janus-Pro-1B-ONNX): image tokens between two marks (deepseek-ai/Janus,
 * processing_vlm.py, `add_image_token`). Their templates write roles as they are given: `<|User|>` for Janus-Pro, `User` before.
 */
export const multiModality: Family = {
  ...common,
  type: 'multi_modality',
  status: 'checked',
  layout: 'multi_modality',
  behindImage: '\n',
  askedBy: (template) => {
    if (/(['"])user\1/.test(template)) return 'user';
    return template.includes('<|Assistant|>') ? '<|User|>' : 'User';
  },
  placeholder: tagOf,
  imageTokenId: (files, vocabulary) => {
    const id = vocabulary.id(tagOf(files));
    if (id !== null) return id;
    throw new FaultError(
      fault(
        'bad-model',
        `The tokenizer has no token ${tagOf(files)}, which stands for an image. Bring the whole folder.`,
      ),
    );
  },
  expand: (image, files) => {
    const begin = stringAt(files.processor, ['image_start_tag'], '<begin_of_image>');
    const end = stringAt(files.processor, ['image_end_tag'], '<end_of_image>');
    return `${begin}${tagOf(files).repeat(image.rows)}${end}`;
  },
};
