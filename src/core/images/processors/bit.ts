import { CLIP_MEAN, CLIP_STD } from '../settings.ts';
import { plainProcessor } from './plain.ts';

/** BiT; DINOv2 checkpoints use it with their own sizes (BitImageProcessor). */
export const bit = plainProcessor({
  names: ['BitImageProcessor'],
  filter: 'BICUBIC',
  size: { shortest_edge: 224 },
  crop: 224,
  mean: CLIP_MEAN,
  std: CLIP_STD,
  squareSize: false,
});
