import { fault, FaultError } from '../../fault.ts';
import { resizeFloat } from '../resize-float.ts';
import { valueTables } from '../normalise.ts';
import { exactSize, normalisationOf, type Settings } from '../settings.ts';
import { stackImages } from '../tensors.ts';
import type { PlainTensor, Raster } from '../types.ts';
import { PLAIN, type ConfiguredProcessor, type ImageProcessor } from './types.ts';

/**
 * DINOv3: rescales before it resizes, so that pixels are never rounded to bytes again (DINOv3ViTImageProcessor, transformers
 * image_processing_dinov3_vit.py). torch has no other order of passes: the policy's makes no difference here.
 */
export const dinov3: ImageProcessor = { names: ['DINOv3ViTImageProcessor'], configure };

const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

function configure(s: Settings): ConfiguredProcessor {
  const size = s.flag('do_resize', true) ? exactSize('size', s.size('size', { height: 224, width: 224 }, true)) : null;
  const filter = s.filter('BILINEAR');
  if (filter === 'NEAREST' || s.flag('do_center_crop', false))
    throw new FaultError(
      fault(
        'unsupported',
        'This DINOv3 folder crops its images or resizes them without a filter, which no DINOv3 does.',
      ),
    );
  const normalisation = normalisationOf(s, IMAGENET);
  const values = valueTables({ ...normalisation, mean: null, std: null });
  const { mean, std } = normalisation;
  const resized = (image: Raster, [height, width]: readonly [number, number]): PlainTensor => {
    const data = new Float32Array(3 * height * width);
    values.forEach((table, c) => {
      const plane = resizeFloat(image, c, table, { height, width, filter });
      const [m, d] = mean && std ? [Math.fround(mean[c] ?? 0), Math.fround(std[c] ?? 1)] : [0, 1];
      plane.forEach((x, i) => (data[c * plane.length + i] = Math.fround(x - m) / d));
    });
    return { type: 'float32', dims: [1, 3, height, width], data };
  };
  return {
    layout: () => PLAIN,
    prepare: (image) => ({ pixel_values: size ? resized(image, size) : stackImages([image], normalisation, [1]) }),
  };
}
