import { stringAt } from '../../json.ts';
import { common, imagePiece, plainPositions, rowsPerTile } from './common.ts';
import type { Family, FamilyFiles, PromptImage, Vocabulary } from './types.ts';

const CAUSAL =
  'Hugging Face lets the tokens of one image attend to each other both ways; the browser export attends causally, so its likelihoods are its own (GD moves by up to 1.8).';

/** transformers: models/gemma3/processing_gemma3.py, `full_image_sequence`. */
function framed(image: PromptImage, files: FamilyFiles, vocabulary: Vocabulary): string {
  const begin = stringAt(files.tokenizerConfig, ['boi_token'], '<start_of_image>');
  const end = stringAt(files.tokenizerConfig, ['eoi_token'], '<end_of_image>');
  return `\n\n${begin}${imagePiece(files, vocabulary).repeat(image.rows)}${end}\n\n`;
}

/** One picture of 64 or 256 soft tokens; with pan and scan, the crops named behind it (processing_gemma3.py, `Gemma3Processor.__call__`). */
function withCrops(image: PromptImage, files: FamilyFiles, vocabulary: Vocabulary): string {
  const picture = framed({ ...image, rows: rowsPerTile(image) }, files, vocabulary);
  const crops = image.layout.tiles - 1;
  if (crops === 0) return picture;
  const rest = Array.from({ length: crops }, () => picture).join(' ');
  return `Here is the original image ${picture} and here are some crops to help you see better ${rest}`;
}

/** Gemma 3: the template writes <start_of_image>; positions start at 1, as its export expects (transformers.js: decoder_forward). */
export const gemma3: Family = {
  ...common,
  type: 'gemma3',
  status: 'checked',
  caveat: CAUSAL,
  placeholder: (files) => stringAt(files.tokenizerConfig, ['boi_token'], '<start_of_image>'),
  expand: withCrops,
  positions: (ids, _images, _files, rows) => plainPositions(ids.length, rows, 1),
};

/** Gemma 3n: the embeddings' session also gives each layer's own inputs; sounds are left out, and so is their session. */
export const gemma3n: Family = { ...common, type: 'gemma3n', status: 'checked', sessionsOf: 'llava', expand: framed };

/** Gemma 4: as many soft tokens as the vision session gives rows, framed by its own begin and end tokens (transformers.js: processing_gemma4.js). */
export const gemma4: Family = {
  ...common,
  type: 'gemma4',
  expand: (image, files, vocabulary) => {
    const begin = stringAt(files.tokenizerConfig, ['boi_token'], '<|image>');
    const end = stringAt(files.tokenizerConfig, ['eoi_token'], '<image|>');
    return `\n\n${begin}${imagePiece(files, vocabulary).repeat(image.rows)}${end}\n\n`;
  },
};

/**
 * PaliGemma: image tokens, <bos>, the text, a newline (transformers: models/paligemma/processing_paligemma.py, `build_string_from_input`).
 * No chat template. Positions start at 1.
 */
export const paligemma: Family = {
  ...common,
  type: 'paligemma',
  status: 'checked',
  prompt: 'settled',
  caveat:
    'PaliGemma reads its prompt in both directions; this export computes it causally, so its likelihoods are its own.',
  positions: (ids, _images, _files, rows) => plainPositions(ids.length, rows, 1),
  expand: (image, files, vocabulary) => {
    const bos = stringAt(files.tokenizerConfig, ['bos_token'], '<bos>');
    return imagePiece(files, vocabulary).repeat(image.rows) + bos;
  },
  plainPrompt: (images, text, placeholder) => `${placeholder.repeat(images)}${text}\n`,
};
