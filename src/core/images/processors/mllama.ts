import { fault, FaultError } from '../../fault.ts';
import { blank, cutTiles, paste, type Size } from '../geometry.ts';
import { resize } from '../resize.ts';
import { exactSize, HALF, normalisationOf, sizeOf, type Settings } from '../settings.ts';
import { int64, stackImages } from '../tensors.ts';
import type { PlainTensor } from '../types.ts';
import type { ConfiguredProcessor, ImageProcessor } from './types.ts';

/** Llama 3.2 Vision: the picture on the best canvas of tiles, its ratio kept, zeros to the right and below. */
export const mllama: ImageProcessor = { names: ['MllamaImageProcessor'], configure };

/** Rows and columns of tiles. */
type Grid = readonly [rows: number, cols: number];

function configure(s: Settings): ConfiguredProcessor {
  const [tile, other] = exactSize('size', s.size('size', { height: 224, width: 224 }, true));
  if (tile !== other || !s.flag('do_resize', true) || !s.flag('do_pad', true))
    throw new FaultError(
      fault(
        'unsupported',
        'This model needs square tiles with do_resize and do_pad; its preprocessor_config.json says otherwise.',
      ),
    );
  const limit = s.whole('max_image_tiles', 4);
  const filter = s.filter('BILINEAR');
  const normalisation = normalisationOf(s, { mean: HALF, std: HALF });
  const grids = allGrids(limit);
  return {
    layout(height, width) {
      const [rows, cols] = bestGrid([height, width], grids, tile);
      return { tiles: rows * cols, rows, cols, grid: null, tokens: null };
    },
    prepare(image, policy) {
      const [rows, cols] = bestGrid(sizeOf(image), grids, tile);
      const [height, width] = fitted(sizeOf(image), [rows * tile, cols * tile], tile);
      const scaled = resize(image, { height, width, filter, ...policy });
      const canvas = paste(blank(rows * tile, cols * tile, [0, 0, 0]), scaled, 0, 0);
      const tiles = cutTiles(canvas, [tile, tile]);
      const id = grids.findIndex(([r, c]) => r === rows && c === cols) + 1;
      const mask = Array.from({ length: limit }, (_, i) => (i < rows * cols ? 1 : 0));
      return {
        pixel_values: filledUp(stackImages(tiles, normalisation, [tiles.length]), limit),
        aspect_ratio_ids: int64([id], [1, 1]),
        aspect_ratio_mask: int64(mask, [1, 1, limit]),
        num_tiles: int64([tiles.length], [1, 1]),
      };
    },
  };
}

/** Tiles that are not there are zeros behind normalisation. */
function filledUp(tiles: PlainTensor, limit: number): PlainTensor {
  const data = new Float32Array((tiles.data.length / (tiles.dims[0] ?? 1)) * limit);
  if (tiles.type === 'float32') data.set(tiles.data);
  return { type: 'float32', dims: [1, 1, limit, ...tiles.dims.slice(1)], data };
}

/** In the order in which their ids count (get_all_supported_aspect_ratios). */
function allGrids(limit: number): readonly Grid[] {
  const out: Grid[] = [];
  for (let r = 1; r <= limit; r++) for (let c = 1; c * r <= limit; c++) out.push([r, c]);
  return out;
}

/** The least enlargement, else the least reduction; of equals the smallest canvas (get_optimal_tiled_canvas). */
function bestGrid([height, width]: Size, grids: readonly Grid[], tile: number): Grid {
  const scale = ([r, c]: Grid): number => Math.min((r * tile) / height, (c * tile) / width);
  const scales = grids.map(scale);
  const up = scales.filter((x) => x >= 1);
  const chosen = up.length > 0 ? Math.min(...up) : Math.max(...scales);
  const equal = grids.filter((_, i) => scales[i] === chosen);
  return equal.reduce((best, g) => (g[0] * g[1] < best[0] * best[1] ? g : best), equal[0] ?? [1, 1]);
}

/** get_image_size_fit_to_canvas. */
function fitted([height, width]: Size, [canvasH, canvasW]: Size, tile: number): Size {
  const clip = (n: number, high: number): number => Math.min(Math.max(n, tile), high);
  const [targetH, targetW] = [clip(height, canvasH), clip(width, canvasW)];
  const [byHeight, byWidth] = [targetH / height, targetW / width];
  return byWidth < byHeight
    ? [Math.min(Math.floor(height * byWidth) || 1, targetH), targetW]
    : [targetH, Math.min(Math.floor(width * byHeight) || 1, targetW)];
}
