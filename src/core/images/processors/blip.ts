import { CLIP_MEAN, CLIP_STD } from '../settings.ts';
import { plainProcessor } from './plain.ts';

/** BLIP-2 and InstructBLIP (BlipImageProcessor). */
export const blip = plainProcessor({
  names: ['BlipImageProcessor'],
  filter: 'BICUBIC',
  size: { height: 384, width: 384 },
  crop: null,
  mean: CLIP_MEAN,
  std: CLIP_STD,
  squareSize: true,
});
