import { HALF } from '../settings.ts';
import { plainProcessor } from './plain.ts';

/** SigLIP; also PaliGemma, Gemma 3n and MedSigLIP (SiglipImageProcessor). */
export const siglip = plainProcessor({
  names: ['SiglipImageProcessor'],
  filter: 'BICUBIC',
  size: { height: 224, width: 224 },
  crop: null,
  mean: HALF,
  std: HALF,
  squareSize: false,
});
