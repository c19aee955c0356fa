import { fault, FaultError } from '../../fault.ts';
import { pyRound, type Size } from '../geometry.ts';
import { valueTables, type Normalisation } from '../normalise.ts';
import { resize } from '../resize.ts';
import { CLIP_MEAN, CLIP_STD, normalisationOf, sizeOf, type Settings } from '../settings.ts';
import { int64 } from '../tensors.ts';
import type { ImageLayout, PlainTensor, Raster } from '../types.ts';
import type { ConfiguredProcessor, ImageProcessor } from './types.ts';

/** Qwen2-VL, 2.5, 3 and 3.5: any size that patches divide, flattened into rows of patches. */
export const qwen2vl: ImageProcessor = {
  names: ['Qwen2VLImageProcessor', 'Qwen3VLImageProcessor'],
  configure,
};

/** Sizes in pixels; `merge` patches a side become one token. */
export interface PatchSettings {
  readonly patch: number;
  readonly merge: number;
  readonly temporal: number;
}

function configure(s: Settings): ConfiguredProcessor {
  const patches = {
    patch: s.whole('patch_size', 14),
    merge: s.whole('merge_size', 2),
    temporal: s.whole('temporal_patch_size', 2),
  };
  const [min, max] = pixelRange(s);
  const factor = patches.patch * patches.merge;
  const scale = s.flag('do_resize', true);
  const filter = s.filter('BICUBIC');
  const normalisation = normalisationOf(s, { mean: CLIP_MEAN, std: CLIP_STD });
  const target = (size: Size): Size => (scale ? smartResize(size, factor, min, max) : divisible(size, factor));
  return {
    layout: (height, width) => layout(target([height, width]), patches),
    prepare(image, policy) {
      const [height, width] = target(sizeOf(image));
      const picture = scale ? resize(image, { height, width, filter, ...policy }) : image;
      const { grid } = layout([height, width], patches);
      return {
        pixel_values: flatten(picture, patches, normalisation),
        image_grid_thw: int64(grid ?? [], [1, 3]),
      };
    },
    sized(image, policy) {
      const [height, width] = target(sizeOf(image));
      const [again, across] = target([height, width]);
      if (again !== height || across !== width) return null;
      return scale ? resize(image, { height, width, filter, ...policy }) : image;
    },
  };
}

/** min_pixels and max_pixels win over size, each on its own (Qwen2VLImageProcessorPil.__init__). */
function pixelRange(s: Settings): readonly [number, number] {
  const size = s.size('size', null, false);
  const defaults = { min: 56 * 56, max: 28 * 28 * 1280 };
  if (size && !s.raw['min_pixels'] && !(size.shortest_edge ?? size.min_pixels)) throw incomplete('shortest_edge');
  if (size && !s.raw['max_pixels'] && !(size.longest_edge ?? size.max_pixels)) throw incomplete('longest_edge');
  return [
    s.whole('min_pixels', size?.shortest_edge ?? size?.min_pixels ?? defaults.min),
    s.whole('max_pixels', size?.longest_edge ?? size?.max_pixels ?? defaults.max),
  ];
}

const incomplete = (key: string): FaultError =>
  new FaultError(
    fault('bad-model', `preprocessor_config.json has a size without ${key}, which this model's images need.`),
  );

/**
 * The nearest size that `factor` divides and that has between `min` and `max` pixels, with Python's rounding
 * (image_processing_pil_qwen2_vl.py, smart_resize).
 */
export function smartResize([height, width]: Size, factor: number, min: number, max: number): Size {
  const ratio = Math.max(height, width) / Math.min(height, width);
  if (ratio > 200)
    throw new FaultError(
      fault(
        'unsupported',
        `This image is ${Math.round(ratio)} times as long as wide; this model takes at most 200 times.`,
        {
          width,
          height,
        },
      ),
    );
  const h = pyRound(height / factor) * factor;
  const w = pyRound(width / factor) * factor;
  if (h * w > max) {
    const beta = Math.sqrt((height * width) / max);
    return [
      Math.max(factor, Math.floor(height / beta / factor) * factor),
      Math.max(factor, Math.floor(width / beta / factor) * factor),
    ];
  }
  if (h * w < min) {
    const beta = Math.sqrt(min / (height * width));
    return [Math.ceil((height * beta) / factor) * factor, Math.ceil((width * beta) / factor) * factor];
  }
  return [h, w];
}

function divisible([height, width]: Size, factor: number): Size {
  if (height % factor === 0 && width % factor === 0) return [height, width];
  throw new FaultError(
    fault(
      'unsupported',
      `This model does not resize (do_resize is false), and ${factor} does not divide the image's size.`,
      {
        width,
        height,
      },
    ),
  );
}

function layout([height, width]: Size, { patch, merge }: PatchSettings): ImageLayout {
  const grid = [1, Math.floor(height / patch), Math.floor(width / patch)] as const;
  return { tiles: 1, rows: 0, cols: 0, grid, tokens: (grid[1] * grid[2]) / merge ** 2 };
}

/**
 * Rows of patches [gridH * gridW, 3 * temporal * patch * patch], in the order (gh, gw, mh, mw) of rows and (C, T, ph, pw) within one
 * (Qwen2VLImageProcessorPil.patchify). A still image fills every time step with itself.
 */
export function flatten(image: Raster, settings: PatchSettings, normalisation: Normalisation): PlainTensor {
  const { patch, merge, temporal } = settings;
  const tables = valueTables(normalisation);
  const gridH = Math.floor(image.height / patch);
  const gridW = Math.floor(image.width / patch);
  const width = 3 * temporal * patch * patch;
  const data = new Float32Array(gridH * gridW * width);
  let to = 0;
  for (let top = 0; top < gridH; top += merge)
    for (let left = 0; left < gridW; left += merge)
      for (let y = top; y < top + merge; y++)
        for (let x = left; x < left + merge; x++) {
          copyPatch(image, y * patch, x * patch, settings, tables, data.subarray(to, to + width));
          to += width;
        }
  return { type: 'float32', dims: [gridH * gridW, width], data };
}

function copyPatch(
  image: Raster,
  top: number,
  left: number,
  { patch, temporal }: PatchSettings,
  tables: readonly Float32Array[],
  out: Float32Array,
): void {
  const area = patch * patch;
  tables.forEach((table, c) => {
    const first = out.subarray(c * temporal * area, c * temporal * area + area);
    for (let y = 0, i = 0; y < patch; y++) {
      let from = ((top + y) * image.width + left) * 3 + c;
      for (let x = 0; x < patch; x++, from += 3) first[i++] = table[image.data[from] ?? 0] ?? 0;
    }
    for (let t = 1; t < temporal; t++) out.set(first, (c * temporal + t) * area);
  });
}
