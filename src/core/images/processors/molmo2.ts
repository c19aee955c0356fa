import { fault, FaultError } from '../../fault.ts';
import { crop, type Size } from '../geometry.ts';
import { resizeSampled } from '../resize-sampled.ts';
import { exactSize, HALF, normalisationOf, sizeOf, type Settings } from '../settings.ts';
import { int64 } from '../tensors.ts';
import type { Raster } from '../types.ts';
import { pixelRows } from './patches.ts';
import type { ConfiguredProcessor, ImageProcessor } from './types.ts';

/** Molmo 2: the whole picture squeezed into one crop, then crops that overlap, as rows of patches; and which patches make each token. */
export const molmo2: ImageProcessor = { names: ['Molmo2ImageProcessor'], configure };

/** Sizes in patches, but for `patch` (pixels). */
interface Plan {
  readonly patch: number;
  readonly side: number;
  readonly before: number;
  readonly behind: number;
  readonly pool: Size;
  readonly most: number;
}

/** Numbers of patches in rows, -1 where there is none. */
type Grid = readonly (readonly number[])[];

function configure(s: Settings): ConfiguredProcessor {
  const plan = planOf(s);
  const { patch, side } = plan;
  const normalisation = normalisationOf(s, { mean: HALF, std: HALF });
  const poolOf = ([h, w]: Size): Size => [Math.ceil(h / plan.pool[0]), Math.ceil(w / plan.pool[1])];
  return {
    layout(height, width) {
      const tiling = tilingOf([height, width], plan);
      const [rows, cols] = poolOf(canvasOf(tiling, plan));
      const [h, w] = poolOf([side, side]);
      return { tiles: 1 + tiling[0] * tiling[1], rows, cols, grid: [1, h, w], tokens: rows * cols + h * w };
    },
    prepare(image) {
      const tiling = tilingOf(sizeOf(image), plan);
      const [high, wide] = canvasOf(tiling, plan);
      const canvas = resizeSampled(image, high * patch, wide * patch);
      const window = (side - plan.before - plan.behind) * patch;
      const crops: Raster[] = [resizeSampled(image, side * patch, side * patch)];
      for (let y = 0; y < tiling[0]; y++)
        for (let x = 0; x < tiling[1]; x++)
          crops.push(crop(canvas, y * window, x * window, side * patch, side * patch));
      const whole = Array.from({ length: side }, (_, y) => Array.from({ length: side }, (_, x) => y * side + x));
      const tokens = [...pooled(whole, plan.pool), ...pooled(canvasGrid(tiling, plan), plan.pool)];
      return {
        pixel_values: pixelRows(crops, patch, 1, normalisation).pixels,
        image_token_pooling: int64(tokens.flat(), [tokens.length, plan.pool[0] * plan.pool[1]]),
      };
    },
  };
}

function planOf(s: Settings): Plan {
  const [height, width] = exactSize('size', s.size('size', { height: 378, width: 378 }, true));
  const patch = s.whole('patch_size', 14);
  const [before = 0, behind = 0] = pairOf(s, 'overlap_margins', [4, 4]);
  const [down = 2, across = 2] = pairOf(s, 'pooling_size', [2, 2]);
  const side = height / patch;
  if (height !== width || !Number.isInteger(side) || side <= before + behind || s.filter('BILINEAR') !== 'BILINEAR')
    throw new FaultError(
      fault(
        'unsupported',
        'This model needs square crops of whole patches, wider than their overlap, and a bilinear filter; its preprocessor_config.json says otherwise.',
      ),
    );
  return { patch, side, before, behind, pool: [down, across], most: s.whole('max_crops', 8) };
}

function pairOf(s: Settings, key: string, fallback: readonly number[]): readonly number[] {
  const given = s.raw[key];
  const right = Array.isArray(given) && given.length === 2 && given.every((x) => Number.isInteger(x) && x >= 0);
  return right ? (given as readonly number[]) : fallback;
}

/** Rows and columns of crops: the least enlargement, else the least reduction, with the fewest crops (select_tiling, in float32). */
function tilingOf([height, width]: Size, { patch, side, before, behind, most }: Plan): Size {
  const margin = (before + behind) * patch;
  const window = side * patch - margin;
  const tilings: Size[] = [];
  for (let h = 1; h <= most; h++) for (let w = 1; h * w <= most; w++) tilings.push([h, w]);
  tilings.sort((a, b) => a[0] * a[1] - b[0] * b[1] || a[0] - b[0]);
  const scale = (tiles: number, size: number): number => Math.fround((tiles * window) / (size - margin));
  const scales = tilings.map(([h, w]) => Math.min(scale(h, height), scale(w, width)));
  const up = scales.filter((x) => x >= 1);
  const chosen = up.length > 0 ? Math.min(...up) : Math.max(...scales);
  return tilings[scales.indexOf(chosen)] ?? [1, 1];
}

/** Rows and columns of patches of all crops together. */
function canvasOf([rows, cols]: Size, { side, before, behind }: Plan): Size {
  const margin = before + behind;
  return [rows * (side - margin) + margin, cols * (side - margin) + margin];
}

/** Which patch of which crop is at each place of the canvas: where crops overlap, the one in whose middle the place is nearer. */
function canvasGrid(tiling: Size, plan: Plan): Grid {
  const [high, wide] = canvasOf(tiling, plan);
  const { side, before, behind } = plan;
  const window = side - before - behind;
  const tileOf = (at: number, tiles: number): number =>
    Math.min(tiles - 1, Math.max(0, Math.floor((at - before) / window)));
  return Array.from({ length: high }, (_, y) =>
    Array.from({ length: wide }, (_, x) => {
      const [row, col] = [tileOf(y, tiling[0]), tileOf(x, tiling[1])];
      const [top, left] = [y - row * window, x - col * window];
      return (1 + row * tiling[1] + col) * side * side + top * side + left;
    }),
  );
}

/** The patches of each token, row by row; a grid that the pool does not divide is filled up with -1 around it (arange_for_pooling). */
function pooled(grid: Grid, [down, across]: Size): readonly (readonly number[])[] {
  const [high, wide] = [grid.length, grid[0]?.length ?? 0];
  const [rows, cols] = [Math.ceil(high / down), Math.ceil(wide / across)];
  const top = Math.floor((rows * down - high) / 2);
  const left = Math.floor((cols * across - wide) / 2);
  const tokens: number[][] = [];
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < cols; c++)
      tokens.push(
        Array.from({ length: down * across }, (_, i) => {
          const [y, x] = [r * down + Math.floor(i / across) - top, c * across + (i % across) - left];
          return grid[y]?.[x] ?? -1;
        }),
      );
  return tokens;
}
