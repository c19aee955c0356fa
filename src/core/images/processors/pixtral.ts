import { numberAt } from '../../json.ts';
import { centreCrop, type Size } from '../geometry.ts';
import { resize } from '../resize.ts';
import {
  CLIP_MEAN,
  CLIP_STD,
  exactSize,
  normalisationOf,
  sizeOf,
  type ProcessorFiles,
  type Settings,
} from '../settings.ts';
import { int64, stackImages } from '../tensors.ts';
import { isSize } from './plain.ts';
import type { ConfiguredProcessor, ImageProcessor } from './types.ts';

/** Pixtral and Mistral 3: the ratio is kept, the longest edge limited, both edges filled up to whole patches. */
export const pixtral: ImageProcessor = { names: ['PixtralImageProcessor'], configure };

function configure(s: Settings, files: ProcessorFiles): ConfiguredProcessor {
  const [patchH, patchW] = patchSize(s, files);
  const merge = spatialMerge(s, files);
  const size = s.size('size', { longest_edge: 1024 }, true);
  const limit: Size = size?.longest_edge ? [size.longest_edge, size.longest_edge] : exactSize('size', size);
  const scale = s.flag('do_resize', true);
  const filter = s.filter('BICUBIC');
  const cut = s.flag('do_center_crop', false) ? exactSize('crop_size', s.size('crop_size', null, true)) : null;
  const normalisation = normalisationOf(s, { mean: CLIP_MEAN, std: CLIP_STD });
  const target = (from: Size): Size => (scale ? withinLimit(from, limit, [patchH * merge, patchW * merge]) : from);
  const final = (from: Size): Size => cut ?? target(from);
  return {
    layout(height, width) {
      const [h, w] = final([height, width]);
      return { tiles: 1, rows: 0, cols: 0, grid: [1, Math.floor(h / patchH), Math.floor(w / patchW)], tokens: null };
    },
    prepare(image, policy) {
      const [height, width] = target(sizeOf(image));
      const scaled = scale ? resize(image, { height, width, filter, ...policy }) : image;
      const picture = cut ? centreCrop(scaled, cut) : scaled;
      return {
        pixel_values: stackImages([picture], normalisation, [1]),
        image_sizes: int64(sizeOf(picture), [1, 2]),
      };
    },
    sized(image, policy) {
      const [height, width] = target(sizeOf(image));
      if (cut || !isSize({ ...image, height, width }, target([height, width]))) return null;
      return scale ? resize(image, { height, width, filter, ...policy }) : image;
    },
  };
}

/** The processor's own patch size goes before the image processor's (processing_pixtral.py hands it on). */
function patchSize(s: Settings, { processor }: ProcessorFiles): Size {
  const own = numberAt(processor, ['patch_size'], 0);
  if (own > 0) return [own, own];
  return exactSize('patch_size', s.size('patch_size', { height: 16, width: 16 }, true));
}

/** Patches that become one token along an edge: the picture is filled up to whole tokens (processing_pixtral.py). */
function spatialMerge(s: Settings, { processor, config }: ProcessorFiles): number {
  const fallback = numberAt(processor, ['spatial_merge_size'], numberAt(config, ['spatial_merge_size'], 1));
  return s.whole('spatial_merge_size', fallback);
}

/** image_processing_pil_pixtral.py, get_resize_output_image_size. */
function withinLimit([height, width]: Size, [maxH, maxW]: Size, [unitH, unitW]: Size): Size {
  const ratio = Math.max(height / maxH, width / maxW);
  const h = ratio > 1 ? Math.floor(height / ratio) : height;
  const w = ratio > 1 ? Math.floor(width / ratio) : width;
  return [(Math.floor((h - 1) / unitH) + 1) * unitH, (Math.floor((w - 1) / unitW) + 1) * unitW];
}
