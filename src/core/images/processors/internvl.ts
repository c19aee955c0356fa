import { cutTiles, type Size } from '../geometry.ts';
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
import { stackImages } from '../tensors.ts';
import type { Raster } from '../types.ts';
import type { ConfiguredProcessor, ImageProcessor } from './types.ts';

/**
 * InternVL and GOT-OCR 2: the picture stretched onto the canvas of tiles that is nearest in shape, then the whole picture as one more tile
 * (GotOcr2ImageProcessor). InternVL's processor always tiles, whatever the folder says (processing_internvl.py, `images_kwargs`).
 */
export const internvl: ImageProcessor = { names: ['GotOcr2ImageProcessor'], configure };

/** Columns and rows of tiles. */
type Grid = readonly [cols: number, rows: number];

function configure(s: Settings, files: ProcessorFiles): ConfiguredProcessor {
  const [height, width] = exactSize('size', s.size('size', { height: 384, width: 384 }, true));
  const least = s.whole('min_patches', 1);
  const most = s.whole('max_patches', 12);
  const tiled = (files.modelType === 'internvl' || s.flag('crop_to_patches', false)) && most > 1;
  const scale = s.flag('do_resize', true);
  const filter = s.filter('BICUBIC');
  const normalisation = normalisationOf(s, { mean: CLIP_MEAN, std: CLIP_STD });
  const grids = allGrids(least, most);
  const gridOf = (size: Size): Grid => (tiled ? nearestGrid(size, [height, width], grids) : [1, 1]);
  return {
    layout(h, w) {
      const [cols, rows] = gridOf([h, w]);
      return { tiles: tilesOf([cols, rows]), rows, cols, grid: null, tokens: null };
    },
    prepare(image, policy) {
      const [cols, rows] = gridOf(sizeOf(image));
      const fit = (c: number, r: number): Raster =>
        scale || tiled ? resize(image, { height: height * r, width: width * c, filter, ...policy }) : image;
      const canvas = fit(cols, rows);
      const tiles = cols * rows === 1 ? [canvas] : [...cutTiles(canvas, [height, width]), fit(1, 1)];
      return { pixel_values: stackImages(tiles, normalisation, [tiles.length]) };
    },
  };
}

const tilesOf = ([cols, rows]: Grid): number => (cols * rows === 1 ? 1 : cols * rows + 1);

/** By number of tiles, then by columns (get_all_supported_aspect_ratios). */
function allGrids(least: number, most: number): readonly Grid[] {
  const out: Grid[] = [];
  for (let c = 1; c <= most; c++) for (let r = 1; r <= most; r++) if (c * r >= least && c * r <= most) out.push([c, r]);
  return out.sort((a, b) => a[0] * a[1] - b[0] * b[1]);
}

/** The nearest in shape; of equals a larger one, while the picture fills more than half of it (get_optimal_tiled_canvas). */
function nearestGrid([height, width]: Size, [tileH, tileW]: Size, grids: readonly Grid[]): Grid {
  const ratio = width / height;
  let best: Grid = [1, 1];
  let least = Infinity;
  for (const grid of grids) {
    const off = Math.abs(ratio - grid[0] / grid[1]);
    if (off < least) [best, least] = [grid, off];
    else if (off === least && width * height > 0.5 * tileH * tileW * grid[0] * grid[1]) best = grid;
  }
  return best;
}
