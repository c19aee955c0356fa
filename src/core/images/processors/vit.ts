import { HALF } from '../settings.ts';
import { plainProcessor } from './plain.ts';

/** ViT (ViTImageProcessor; DeiT checkpoints in this form too). */
export const vit = plainProcessor({
  names: ['ViTImageProcessor'],
  filter: 'BILINEAR',
  size: { height: 224, width: 224 },
  crop: null,
  mean: HALF,
  std: HALF,
  squareSize: true,
});
