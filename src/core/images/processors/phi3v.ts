import { fault, FaultError } from '../../fault.ts';
import { blank, cutTiles, paste, type Size } from '../geometry.ts';
import { applyOrientation } from '../orientation.ts';
import { resize } from '../resize.ts';
import { resizeCubic } from '../resize-cubic.ts';
import { CLIP_MEAN, CLIP_STD, normalisationOf, sizeOf, type Settings } from '../settings.ts';
import { int64, stackImages } from '../tensors.ts';
import type { PlainTensor } from '../types.ts';
import type { ConfiguredProcessor, ImageProcessor } from './types.ts';

/**
 * Phi-3-vision as its makers have it (image_processing_phi3_v.py, `HD_transform`): the picture as wide as the crops allow, white above and below it, cut into
 * crops; the whole of it, squeezed into one, comes first. transformers.js pads upright pictures otherwise, and cuts every picture into as many crops.
 */
export const phi3v: ImageProcessor = { names: ['Phi3VImageProcessor'], configure };

/** Length of a crop's sides. */
const SIDE = 336;
/** EXIF's name for rows as columns. */
const TRANSPOSED = 5;
/** Image tokens of a crop's side. */
const TOKENS = 12;

function configure(s: Settings): ConfiguredProcessor {
  const most = s.whole('num_crops', 1);
  const normalisation = normalisationOf(s, { mean: CLIP_MEAN, std: CLIP_STD });
  return {
    layout(height, width) {
      const { rows, cols } = planOf([height, width], most);
      const tokens = (rows * cols + 1) * TOKENS ** 2 + 1 + (rows + 1) * TOKENS;
      return { tiles: rows * cols + 1, rows, cols, grid: null, tokens };
    },
    prepare(image, policy) {
      const plan = planOf(sizeOf(image), most);
      const upright = plan.turned ? applyOrientation(image, TRANSPOSED) : image;
      const [height, width] = plan.size;
      const scaled = resize(upright, { height, width, filter: 'BILINEAR', ...policy });
      const canvas = paste(blank(plan.canvas[0], plan.canvas[1], [255, 255, 255]), scaled, plan.top, 0);
      const whole = plan.turned ? applyOrientation(canvas, TRANSPOSED) : canvas;
      const crops = stackImages(cutTiles(whole, [SIDE, SIDE]), normalisation, [plan.rows * plan.cols]);
      const one = stackImages([whole], normalisation, [1]);
      return {
        pixel_values: withWhole(squeezed(one), crops, most + 1),
        image_sizes: int64([whole.height, whole.width], [1, 2]),
      };
    },
  };
}

interface Plan {
  /** An upright picture is prepared lying on its side. */
  readonly turned: boolean;
  /** To which the lying picture is resized. */
  readonly size: Size;
  /** The lying picture with what fills it up, and how far down the picture stands in it. */
  readonly canvas: Size;
  readonly top: number;
  /** Crops of the picture as it stands. */
  readonly rows: number;
  readonly cols: number;
}

function planOf([height, width]: Size, most: number): Plan {
  const turned = width < height;
  const ratio = turned ? height / width : width / height;
  let across = 1;
  while (across * Math.ceil(across / ratio) <= most) across += 1;
  across -= 1;
  const wide = across * SIDE;
  const high = Math.trunc(wide / ratio);
  if (high < 1)
    throw new FaultError(
      fault(
        'unsupported',
        `The image is ${width} x ${height}, too narrow for this model: less than a pixel is left of its shorter side.`,
      ),
    );
  const down = Math.ceil(high / SIDE);
  return {
    turned,
    size: [high, wide],
    canvas: [down * SIDE, wide],
    top: Math.trunc((down * SIDE - high) / 2),
    rows: turned ? across : down,
    cols: turned ? down : across,
  };
}

/** Channels [1, 3, height, width] squeezed into one crop, [3, side, side]. */
function squeezed({ data, dims }: PlainTensor): Float32Array {
  const [height = 0, width = 0] = dims.slice(-2);
  const planes = data as Float32Array;
  const out = new Float32Array(3 * SIDE * SIDE);
  for (let c = 0; c < 3; c++)
    out.set(
      resizeCubic({ width, height, data: planes.subarray(c * height * width, (c + 1) * height * width) }, SIDE, SIDE),
      c * SIDE * SIDE,
    );
  return out;
}

/** The whole picture, its crops, and crops of zeros behind them: [1, places, 3, side, side]. */
function withWhole(whole: Float32Array, crops: PlainTensor, places: number): PlainTensor {
  const data = new Float32Array(places * whole.length);
  data.set(whole);
  data.set(crops.data as Float32Array, whole.length);
  return { type: 'float32', dims: [1, places, 3, SIDE, SIDE], data };
}
