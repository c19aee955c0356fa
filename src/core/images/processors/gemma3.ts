import { fault, FaultError } from '../../fault.ts';
import { crop, type Size } from '../geometry.ts';
import { HALF, normalisationOf, sizeOf, targetSize, type Settings } from '../settings.ts';
import { int64, stackImages } from '../tensors.ts';
import type { Raster } from '../types.ts';
import { resizeTo } from './plain.ts';
import type { ConfiguredProcessor, ImageProcessor } from './types.ts';

/** Gemma 3 and MedGemma: one square picture, and crops of long ones where the folder asks for pan and scan (off by default). */
export const gemma3: ImageProcessor = { names: ['Gemma3ImageProcessor'], configure };

function configure(s: Settings): ConfiguredProcessor {
  const size = s.flag('do_resize', true) ? s.size('size', { height: 224, width: 224 }, true) : null;
  const filter = s.filter('BILINEAR');
  const normalisation = normalisationOf(s, { mean: HALF, std: HALF });
  const scan = s.flag('do_pan_and_scan', false) ? panAndScan(s) : () => [];
  return {
    layout(height, width) {
      return { tiles: 1 + scan([height, width]).length, rows: 0, cols: 0, grid: null, tokens: null };
    },
    prepare(image, policy) {
      const boxes = scan(sizeOf(image));
      const pictures: Raster[] = [image, ...boxes.map((b) => crop(image, b.top, b.left, b.height, b.width))];
      const scaled = pictures.map((p) => (size ? resizeTo(p, size, filter, policy) : p));
      requireOneSize(scaled);
      return {
        pixel_values: stackImages(scaled, normalisation, [scaled.length]),
        num_crops: int64([boxes.length], [1]),
      };
    },
    // Crops are cut from the original: a picture that was resized would give others.
    sized: (image, policy) => (!size || scan(sizeOf(image)).length > 0 ? null : resizeTo(image, size, filter, policy)),
  };
  function requireOneSize(pictures: readonly Raster[]): void {
    const [height, width] = pictures[0] ? sizeOf(pictures[0]) : [0, 0];
    if (size) targetSize(size, [height, width]);
    if (pictures.every((p) => p.height === height && p.width === width)) return;
    throw new FaultError(
      fault(
        'unsupported',
        'This model cuts images into crops of different sizes (its preprocessor_config.json has no fixed size).',
      ),
    );
  }
}

interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** Crops along the long side (Gemma3ImageProcessorPil.pan_and_scan); the last may reach past the picture by a rounding and is cut. */
function panAndScan(s: Settings): (size: Size) => readonly Box[] {
  const minCrop = s.whole('pan_and_scan_min_crop_size', 256);
  const maxCrops = s.whole('pan_and_scan_max_num_crops', 4);
  const minRatio = s.number('pan_and_scan_min_ratio_to_activate', 1.2);
  return ([height, width]) => {
    const long = Math.max(height, width);
    const short = Math.min(height, width);
    if (long / short < minRatio) return [];
    const wanted = Math.min(Math.floor(long / minCrop), Math.floor(long / short + 0.5));
    const n = Math.min(maxCrops, Math.max(2, wanted));
    const step = Math.ceil(long / n);
    if (Math.min(step, short) < minCrop) return [];
    return Array.from({ length: n }, (_, i) => {
      const at = i * step;
      const length = Math.min(step, long - at);
      return width >= height
        ? { top: 0, left: at, height, width: length }
        : { top: at, left: 0, height: length, width };
    });
  };
}
