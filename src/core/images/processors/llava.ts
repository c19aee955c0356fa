import { CLIP_MEAN, CLIP_STD } from '../settings.ts';
import { plainProcessor } from './plain.ts';

/** LLaVA's own class, which can pad to a square first (LlavaImageProcessor). */
export const llava = plainProcessor({
  names: ['LlavaImageProcessor'],
  filter: 'BICUBIC',
  size: { shortest_edge: 224 },
  crop: 224,
  mean: CLIP_MEAN,
  std: CLIP_STD,
  squareSize: false,
  squareByDoPad: true,
  padFirst: (s) => s.flag('do_pad', false),
});
