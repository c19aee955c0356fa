import type { FilterName } from '../filters.ts';
import { fault, FaultError } from '../../fault.ts';
import { numberAt } from '../../json.ts';
import { blank, centreCrop, cutTiles, paste, type Size } from '../geometry.ts';
import { resize } from '../resize.ts';
import {
  CLIP_MEAN,
  CLIP_STD,
  exactSize,
  normalisationOf,
  sizeOf,
  type ProcessorFiles,
  type Settings,
  type SizeSetting,
} from '../settings.ts';
import { int64, stackImages } from '../tensors.ts';
import type { PlainTensor, Raster } from '../types.ts';
import { resizeTo } from './plain.ts';
import type { ConfiguredProcessor, ImageProcessor, ResizePolicy } from './types.ts';

const multiples = (side: number, n: number): Size[] =>
  Array.from({ length: n * n }, (_, i) => [side * (1 + Math.floor(i / n)), side * (1 + (i % n))]);

/** LLaVA-NeXT: the picture at the best of several resolutions, in tiles, behind the whole picture (LlavaNextImageProcessor). */
export const llavaNext: ImageProcessor = {
  names: ['LlavaNextImageProcessor'],
  configure: (s, files: ProcessorFiles) =>
    configure(s, {
      gridSide: files.modelType === 'llava_next' ? featuresAlong(files) : null,
      size: { shortest_edge: 224 },
      crop: { height: 224, width: 224 },
      pinpoints: [
        [336, 672],
        [672, 336],
        [672, 672],
        [1008, 336],
        [336, 1008],
      ],
    }),
};

/**
 * LLaVA-OneVision. Browser exports take the whole picture alone (transformers.js has no tiles), so a model of that type gets its base tile;
 * the class by itself gives all tiles, as in Hugging Face (LlavaOnevisionImageProcessor).
 */
export const llavaOnevision: ImageProcessor = {
  names: ['LlavaOnevisionImageProcessor'],
  configure: (s, files: ProcessorFiles) =>
    configure(s, {
      size: { height: 384, width: 384 },
      crop: null,
      pinpoints: multiples(384, 6),
      baseOnly: files.modelType === 'llava_onevision',
    }),
};

interface Defaults {
  readonly size: SizeSetting;
  readonly crop: SizeSetting | null;
  readonly pinpoints: readonly Size[];
  readonly baseOnly?: boolean;
  /** Rows of features that a tile gives along one side, where the vision session packs them by `feature_index`. */
  readonly gridSide?: number | null;
}

interface Anyres {
  readonly size: SizeSetting;
  readonly scale: boolean;
  readonly crop: Size | null;
  /** Side of a tile. */
  readonly tile: number;
  readonly pinpoints: readonly Size[];
  readonly filter: FilterName;
}

function configure(s: Settings, defaults: Defaults): ConfiguredProcessor {
  const size = s.size('size', defaults.size, false) ?? defaults.size;
  const cropSize = s.size('crop_size', defaults.crop, true);
  const tile = cropSize?.height ?? size.height ?? size.shortest_edge;
  if (tile === undefined)
    throw new FaultError(fault('bad-model', 'preprocessor_config.json has a size without height or shortest_edge.'));
  const plan: Anyres = {
    size,
    scale: s.flag('do_resize', true),
    crop: s.flag('do_center_crop', defaults.crop !== null) ? exactSize('crop_size', cropSize) : null,
    tile,
    pinpoints: readPinpoints(s, defaults.pinpoints),
    filter: s.filter('BICUBIC'),
  };
  const normalisation = normalisationOf(s, { mean: CLIP_MEAN, std: CLIP_STD });
  const base = defaults.baseOnly ?? false;
  const side = defaults.gridSide ?? null;
  return {
    layout(height, width) {
      const [h, w] = base ? [0, 0] : bestResolution([height, width], plan.pinpoints);
      const [rows, cols] = [Math.ceil(h / tile), Math.ceil(w / tile)];
      return { tiles: 1 + rows * cols, rows, cols, grid: null, tokens: null };
    },
    prepare(image, policy) {
      const pictures = [baseTile(image, plan, policy), ...(base ? [] : tiles(image, plan, policy))];
      const ready = pictures.map((p) => finish(p, plan, policy));
      return {
        pixel_values: stackImages(ready, normalisation, base ? [1] : [1, ready.length]),
        image_sizes: int64(sizeOf(image), [1, 2]),
        ...(side === null ? {} : { feature_index: featureIndex(sizeOf(image), plan, side) }),
        batch_num_images: int64([1], [1]),
      };
    },
  };
}

function readPinpoints(s: Settings, fallback: readonly Size[]): readonly Size[] {
  const given = s.raw['image_grid_pinpoints'] ?? fallback;
  const isSize = (p: unknown): p is Size =>
    Array.isArray(p) && p.length === 2 && p.every((x) => Number.isInteger(x) && x > 0);
  if (Array.isArray(given) && given.length > 0 && given.every(isSize)) return given;
  throw new FaultError(
    fault('bad-model', 'preprocessor_config.json has image_grid_pinpoints that are not a list of [height, width].'),
  );
}

/** The resolution that keeps most of the picture and wastes least (image_processing_utils.py, select_best_resolution). */
function bestResolution([height, width]: Size, choices: readonly Size[]): Size {
  let best: Size = choices[0] ?? [1, 1];
  let most = 0;
  let least = Infinity;
  for (const [h, w] of choices) {
    const scale = Math.min(w / width, h / height);
    const kept = Math.min(Math.trunc(width * scale) * Math.trunc(height * scale), width * height);
    const wasted = h * w - kept;
    if (kept > most || (kept === most && wasted < least)) [best, most, least] = [[h, w], kept, wasted];
  }
  return best;
}

/** Size within a resolution, ratio kept (get_patch_output_size). */
function fitted([height, width]: Size, [h, w]: Size): Size {
  const [byWidth, byHeight] = [w / width, h / height];
  return byWidth < byHeight
    ? [Math.min(Math.ceil(height * byWidth), h), w]
    : [h, Math.min(Math.ceil(width * byHeight), w)];
}

/** image_size / patch_size of config.json: features along one side of a tile. */
function featuresAlong(files: ProcessorFiles): number {
  const size = numberAt(files.config, ['vision_config', 'image_size'], 336);
  const patch = numberAt(files.config, ['vision_config', 'patch_size'], 14);
  return Math.floor(size / patch);
}

/**
 * Which rows of the tiles' features the prompt shows, in order: the base tile, then line by line the tiles' rows without the margins that padding made,
 * each line closed by the newline vector, whose row is one behind the last (modeling_llava_next.py, `pack_image_features` and `unpad_image`).
 */
function featureIndex([height, width]: Size, plan: Anyres, side: number): PlainTensor {
  const [h, w] = bestResolution([height, width], plan.pinpoints);
  const [rows, cols] = [Math.floor(h / plan.tile), Math.floor(w / plan.tile)];
  const [high, wide] = [rows * side, cols * side];
  const tall = width / height <= wide / high;
  const marginOf = (size: number, other: number, whole: number): number =>
    Math.floor((whole - Math.trunc(rounded(size * (other / (tall ? height : width))))) / 2);
  const top = tall ? 0 : marginOf(height, wide, high);
  const left = tall ? marginOf(width, high, wide) : 0;
  const index = Array.from({ length: side * side }, (_, i) => i);
  const newline = (1 + rows * cols) * side * side;
  for (let y = top; y < high - top; y++) {
    for (let x = left; x < wide - left; x++) {
      const tile = 1 + Math.floor(y / side) * cols + Math.floor(x / side);
      index.push((tile * side + (y % side)) * side + (x % side));
    }
    index.push(newline);
  }
  return int64(index, [index.length]);
}

/** Python's round(x, 7), as close as matters before a cut to whole numbers. */
const rounded = (x: number): number => Math.round(x * 1e7) / 1e7;

function baseTile(image: Raster, plan: Anyres, policy: ResizePolicy): Raster {
  const side = plan.size.shortest_edge ?? plan.tile;
  const [height, width] = plan.size.height && plan.size.width ? [plan.size.height, plan.size.width] : [side, side];
  return resize(image, { height, width, filter: plan.filter, ...policy });
}

function tiles(image: Raster, plan: Anyres, policy: ResizePolicy): Raster[] {
  const target = bestResolution(sizeOf(image), plan.pinpoints);
  const [height, width] = fitted(sizeOf(image), target);
  const scaled = resize(image, { height, width, filter: plan.filter, ...policy });
  const top = Math.floor((target[0] - height) / 2);
  const left = Math.floor((target[1] - width) / 2);
  return cutTiles(paste(blank(...target, [0, 0, 0]), scaled, top, left), [plan.tile, plan.tile]);
}

function finish(picture: Raster, plan: Anyres, policy: ResizePolicy): Raster {
  const scaled = plan.scale ? resizeTo(picture, plan.size, plan.filter, policy) : picture;
  return plan.crop ? centreCrop(scaled, plan.crop) : scaled;
}
