import { at } from '../../json.ts';
import { CLIP_MEAN, CLIP_STD } from '../settings.ts';
import { plainProcessor } from './plain.ts';

/** CLIP; also LLaVA 1.5 in Hugging Face's form, Florence-2 and FastVLM (CLIPImageProcessor). */
export const clip = plainProcessor({
  names: ['CLIPImageProcessor'],
  filter: 'BICUBIC',
  size: { shortest_edge: 224 },
  crop: 224,
  mean: CLIP_MEAN,
  std: CLIP_STD,
  squareSize: false,
  // The LLaVA code that FastVLM uses (mm_utils.py, process_images) pads to a square of the mean colour when config.json says so.
  padFirst: (_, files) => files.modelType === 'llava_qwen2' && at(files.config, 'image_aspect_ratio') === 'pad',
});
