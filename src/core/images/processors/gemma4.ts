import { fault, FaultError } from '../../fault.ts';
import type { Size } from '../geometry.ts';
import { resize } from '../resize.ts';
import { normalisationOf, sizeOf, type Settings } from '../settings.ts';
import { int64 } from '../tensors.ts';
import { pixelRows } from './patches.ts';
import type { ConfiguredProcessor, ImageProcessor } from './types.ts';

/** Gemma 4: the ratio is kept within a budget of patches; rows of patches with their positions, padded (Gemma4ImageProcessor). */
export const gemma4: ImageProcessor = { names: ['Gemma4ImageProcessor'], configure };

/** Padding has this position. */
const NOWHERE = -1;

function configure(s: Settings): ConfiguredProcessor {
  const patch = s.whole('patch_size', 16);
  const pool = s.whole('pooling_kernel_size', 3);
  const budget = s.whole('max_soft_tokens', 280) * pool ** 2;
  const scale = s.flag('do_resize', true);
  const filter = s.filter('BICUBIC');
  const normalisation = normalisationOf(s, { mean: [0, 0, 0], std: [1, 1, 1], normalize: false });
  const target = (size: Size): Size => (scale ? withinBudget(size, patch, budget, pool) : asItIs(size, patch, budget));
  return {
    layout(height, width) {
      const [h, w] = target([height, width]);
      const grid = [1, Math.floor(h / patch), Math.floor(w / patch)] as const;
      return { tiles: 1, rows: 0, cols: 0, grid, tokens: Math.floor((grid[1] * grid[2]) / pool ** 2) };
    },
    prepare(image, policy) {
      const [height, width] = target(sizeOf(image));
      const picture = scale ? resize(image, { height, width, filter, ...policy }) : image;
      const { pixels, shapes } = pixelRows([picture], patch, budget, normalisation);
      const [rows, cols] = shapes[0] ?? [0, 0];
      const at = (i: number): readonly number[] =>
        i < rows * cols ? [i % cols, Math.floor(i / cols)] : [NOWHERE, NOWHERE];
      const positions = Array.from({ length: budget }, (_, i) => at(i)).flat();
      return { pixel_values: pixels, image_position_ids: int64(positions, [1, budget, 2]) };
    },
  };
}

/** Without resizing a picture must be made of whole patches, and not of too many. */
function asItIs([height, width]: Size, patch: number, budget: number): Size {
  if (height % patch === 0 && width % patch === 0 && (height * width) / patch ** 2 <= budget) return [height, width];
  throw new FaultError(
    fault(
      'unsupported',
      `This model does not resize (do_resize is false), and takes at most ${budget} whole patches of ${patch} pixels.`,
      {
        height,
        width,
      },
    ),
  );
}

/** get_aspect_ratio_preserving_size: the largest size within the budget that whole soft tokens divide. */
function withinBudget([height, width]: Size, patch: number, budget: number, pool: number): Size {
  const factor = Math.sqrt((budget * patch ** 2) / (height * width));
  const side = pool * patch;
  const down = (n: number): number => Math.floor((factor * n) / side) * side;
  const [h, w] = [down(height), down(width)];
  const longest = Math.floor(budget / pool ** 2) * side;
  if (h === 0 && w === 0) throw impossible(height, width);
  if (h === 0) return [side, Math.min(Math.floor(width / height) * side, longest)];
  if (w === 0) return [Math.min(Math.floor(height / width) * side, longest), side];
  return [h, w];
}

const impossible = (height: number, width: number): FaultError =>
  new FaultError(
    fault('bad-model', 'preprocessor_config.json allows too few image tokens (max_soft_tokens) for any image.', {
      height,
      width,
    }),
  );
