import type { FilterName } from '../filters.ts';
import { fault, FaultError } from '../../fault.ts';
import { cutTiles, type Size } from '../geometry.ts';
import { resize } from '../resize.ts';
import { exactSize, HALF, normalisationOf, sizeOf, type Settings, type SizeSetting } from '../settings.ts';
import { stackImages } from '../tensors.ts';
import type { ImageLayout, Raster } from '../types.ts';
import type { ConfiguredProcessor, ImageProcessor, ResizePolicy } from './types.ts';

/** No edge exceeds this, whatever `size` says (image_processing_pil_idefics3.py, MAX_IMAGE_SIZE). */
const MAX_EDGE = 4096;

/** Idefics3, SmolVLM, Granite-Docling: tiles and the whole picture, all of one size. */
export const idefics3: ImageProcessor = {
  names: ['Idefics3ImageProcessor', 'SmolVLMImageProcessor'],
  configure,
};

interface Plan {
  /** Size after the longest edge was resized; null where do_resize is false. */
  readonly first: Size | null;
  /** Multiples of the tile; null where the picture is not split. */
  readonly second: Size | null;
  readonly rows: number;
  readonly cols: number;
}

function configure(s: Settings): ConfiguredProcessor {
  const size = s.flag('do_resize', true) ? s.size('size', { longest_edge: 4 * 364 }, false) : null;
  const tile = s.size('max_image_size', { longest_edge: 364 }, false)?.longest_edge;
  if (tile === undefined)
    throw new FaultError(fault('bad-model', 'preprocessor_config.json has a max_image_size without longest_edge.'));
  const split = s.flag('do_image_splitting', true);
  const filter = s.filter('LANCZOS');
  const normalisation = normalisationOf(s, { mean: HALF, std: HALF });
  const plan = (source: Size): Plan => planImage(source, size, tile, split);
  return {
    layout: (height, width) => layout(plan([height, width])),
    prepare(image, policy) {
      const p = plan(sizeOf(image));
      const images = cut(image, p, tile, filter, policy);
      const n = images.length;
      const mask = new Uint8Array(n * tile * tile).fill(1);
      return {
        pixel_values: stackImages(images, normalisation, [1, n]),
        pixel_attention_mask: { type: 'bool', dims: [1, n, tile, tile], data: mask },
      };
    },
  };
}

function layout({ rows, cols }: Plan): ImageLayout {
  return { tiles: rows * cols + 1, rows, cols, grid: null, tokens: null };
}

/** Sizes and tiles, decided before any pixel is touched (Idefics3ImageProcessorPil: resize, resize_for_vision_encoder, split_images). */
function planImage(source: Size, size: SizeSetting | null, tile: number, split: boolean): Plan {
  const first =
    size === null ? null : size.longest_edge ? longestEdge(source, size.longest_edge) : exactSize('size', size);
  if (!split) return { first, second: null, rows: 0, cols: 0 };
  const [height, width] = upToTiles(first ?? source, tile);
  const divided = height > tile || width > tile;
  return {
    first,
    second: [height, width],
    rows: divided ? Math.floor((height - tile) / tile) + 1 : 0,
    cols: divided ? Math.floor((width - tile) / tile) + 1 : 0,
  };
}

/** The longest edge becomes `edge`, upwards too; the other is made even by adding one; then nothing exceeds 4096. */
function longestEdge([height, width]: Size, edge: number): Size {
  const aspect = width / height;
  const even = (n: number): number => Math.max(1, n % 2 === 0 ? n : n + 1);
  const scaled: Size =
    width >= height ? [even(Math.trunc(edge / aspect)), edge] : [edge, even(Math.trunc(edge * aspect))];
  return belowMaximum(scaled);
}

function belowMaximum([height, width]: Size): Size {
  const aspect = width / height;
  if (width >= height && width > MAX_EDGE) return [Math.max(1, Math.trunc(MAX_EDGE / aspect)), MAX_EDGE];
  if (height > width && height > MAX_EDGE) return [MAX_EDGE, Math.max(1, Math.trunc(MAX_EDGE * aspect))];
  return [height, width];
}

function upToTiles([height, width]: Size, tile: number): Size {
  const aspect = width / height;
  const up = (n: number): number => Math.ceil(n / tile) * tile;
  if (width >= height) return [up(Math.trunc(up(width) / aspect)), up(width)];
  return [up(height), up(Math.trunc(up(height) * aspect))];
}

function cut(image: Raster, plan: Plan, tile: number, filter: FilterName, policy: ResizePolicy): Raster[] {
  const to = (r: Raster, [height, width]: Size): Raster => resize(r, { height, width, filter, ...policy });
  const first = plan.first ? to(image, plan.first) : image;
  if (!plan.second) return [to(first, [tile, tile])];
  const whole = to(first, plan.second);
  return plan.rows === 0 ? [whole] : [...cutTiles(whole, [tile, tile]), to(whole, [tile, tile])];
}
