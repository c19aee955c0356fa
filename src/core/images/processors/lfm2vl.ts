import { cutTiles, pyRound, type Size } from '../geometry.ts';
import { resize } from '../resize.ts';
import { HALF, normalisationOf, sizeOf, type Settings } from '../settings.ts';
import { int64 } from '../tensors.ts';
import type { Raster } from '../types.ts';
import { pixelRows } from './patches.ts';
import type { ConfiguredProcessor, ImageProcessor } from './types.ts';

/** LFM2-VL: small pictures at their own ratio, large ones in tiles with a thumbnail; patches padded to one length (Lfm2VlImageProcessor). */
export const lfm2vl: ImageProcessor = { names: ['Lfm2VlImageProcessor'], configure };

interface Lfm2 {
  readonly patch: number;
  /** Pixels a side of one image token. */
  readonly unit: number;
  readonly minTokens: number;
  readonly maxTokens: number;
  readonly minTiles: number;
  readonly maxTiles: number;
  readonly tile: number;
  readonly tolerance: number;
  readonly thumbnail: boolean;
  /** Patches of the longest picture: all are padded to it. */
  readonly length: number;
}

interface Plan {
  readonly rows: number;
  readonly cols: number;
  /** Size of the whole picture: alone, or as the thumbnail; null where there is none. */
  readonly whole: Size | null;
}

function readPlan(s: Settings): Lfm2 {
  const split = s.flag('do_image_splitting', true);
  const patch = s.whole('encoder_patch_size', 16);
  const factor = s.whole('downsample_factor', 2);
  const maxTokens = s.whole('max_image_tokens', 256);
  const tile = s.whole('tile_size', 512);
  return {
    patch,
    unit: patch * factor,
    minTokens: s.whole('min_image_tokens', 64),
    maxTokens,
    minTiles: split ? s.whole('min_tiles', 2) : 1,
    maxTiles: split ? s.whole('max_tiles', 10) : 1,
    tile,
    tolerance: s.number('max_pixels_tolerance', 2),
    thumbnail: s.flag('use_thumbnail', true),
    length: Math.max(maxTokens * factor ** 2, split ? Math.floor(tile / patch) ** 2 : 0),
  };
}

function configure(s: Settings): ConfiguredProcessor {
  const p = readPlan(s);
  const filter = s.filter('BILINEAR');
  const normalisation = normalisationOf(s, { mean: HALF, std: HALF });
  return {
    layout(height, width) {
      const { rows, cols, whole } = planImage([height, width], p);
      const grid = whole ? ([1, whole[0] / p.patch, whole[1] / p.patch] as const) : null;
      return { tiles: rows * cols + (whole ? 1 : 0), rows, cols, grid, tokens: null };
    },
    prepare(image, policy) {
      const to = (r: Raster, [height, width]: Size): Raster => resize(r, { height, width, filter, ...policy });
      const pictures = cut(image, planImage(sizeOf(image), p), p.tile, to);
      const rows = pixelRows(pictures, p.patch, p.length, normalisation);
      return {
        pixel_values: rows.pixels,
        pixel_attention_mask: int64(rows.mask, [pictures.length, rows.mask.length / pictures.length]),
        spatial_shapes: int64(rows.shapes.flat(), [pictures.length, 2]),
      };
    },
  };
}

function cut(image: Raster, plan: Plan, tile: number, to: (r: Raster, size: Size) => Raster): Raster[] {
  const tiles = plan.rows === 0 ? [] : cutTiles(to(image, [plan.rows * tile, plan.cols * tile]), [tile, tile]);
  return plan.whole ? [...tiles, to(image, plan.whole)] : tiles;
}

function planImage(size: Size, p: Lfm2): Plan {
  const whole = wholeSize(size, p);
  if (!isLarge(size, p) || (p.minTiles === 1 && p.maxTiles === 1)) return { rows: 0, cols: 0, whole };
  const [cols, rows] = bestGrid(size, p);
  return { rows, cols, whole: p.thumbnail && rows * cols !== 1 ? whole : null };
}

function isLarge([height, width]: Size, p: Lfm2): boolean {
  const bar = (n: number): number => Math.max(p.patch, pyRound(n / p.unit) * p.unit);
  return bar(height) * bar(width) > p.maxTokens * p.unit ** 2 * p.tolerance;
}

/** Lfm2VlImageProcessor.smart_resize: as Qwen's, but never below one unit and without a limit on the ratio. */
function wholeSize([height, width]: Size, { unit, minTokens, maxTokens }: Lfm2): Size {
  const bar = (n: number): number => Math.max(unit, pyRound(n / unit) * unit);
  const [h, w] = [bar(height), bar(width)];
  const [min, max] = [minTokens * unit ** 2, maxTokens * unit ** 2];
  if (h * w > max) {
    const beta = Math.sqrt((height * width) / max);
    const down = (n: number): number => Math.max(unit, Math.floor(n / beta / unit) * unit);
    return [down(height), down(width)];
  }
  if (h * w < min) {
    const beta = Math.sqrt(min / (height * width));
    const up = (n: number): number => Math.ceil((n * beta) / unit) * unit;
    return [up(height), up(width)];
  }
  return [h, w];
}

/** Columns and rows whose ratio is nearest the picture's; of equals the larger where the picture fills more than half of it. */
function bestGrid([height, width]: Size, p: Lfm2): readonly [cols: number, rows: number] {
  let best: readonly [number, number] = [1, 1];
  let least = Infinity;
  for (const ratio of ratios(p.minTiles, p.maxTiles)) {
    const difference = Math.abs(width / height - ratio[0] / ratio[1]);
    const larger = width * height > 0.5 * p.tile ** 2 * ratio[0] * ratio[1];
    if (difference < least || (difference === least && larger)) best = ratio;
    least = Math.min(least, difference);
  }
  return best;
}

function ratios(min: number, max: number): readonly (readonly [number, number])[] {
  const out: [number, number][] = [];
  for (let w = 1; w <= max; w++) for (let h = 1; h <= max; h++) if (w * h >= min && w * h <= max) out.push([w, h]);
  return out.sort((a, b) => a[0] * a[1] - b[0] * b[1]);
}
