import { KERNELS, type FilterName } from './filters.ts';
import type { Raster } from './types.ts';

/** One channel of a picture as numbers, row by row. */
interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/**
 * A resize whose values are not rounded to bytes between the passes: torch's `interpolate(antialias=True)` of a float32 image (ATen,
 * UpSampleKernel.cpp), by which processors go that rescale before they resize. The filters are Pillow's.
 * @param values the number that each byte of the channel stands for
 */
export function resizeFloat(
  image: Raster,
  channel: number,
  values: Float32Array,
  size: { readonly width: number; readonly height: number; readonly filter: Exclude<FilterName, 'NEAREST'> },
): Float32Array {
  const { width, height, channels } = image;
  const data = new Float32Array(width * height);
  for (let i = 0, from = channel; i < data.length; i++, from += channels) data[i] = values[image.data[from] ?? 0] ?? 0;
  const across = alongRows({ width, height, data }, size.width, size.filter);
  return alongColumns(across, size.height, size.filter).data;
}

interface FloatTaps {
  readonly first: Int32Array;
  readonly weights: readonly Float32Array[];
}

/** As `makeTaps` computes them, but not rounded to fixed point. */
function floatTaps(sizeIn: number, sizeOut: number, filter: Exclude<FilterName, 'NEAREST'>): FloatTaps {
  const kernel = KERNELS[filter];
  const scale = sizeIn / sizeOut;
  const stretch = Math.max(scale, 1);
  const support = kernel.radius * stretch;
  const first = new Int32Array(sizeOut);
  const weights = Array.from({ length: sizeOut }, (_, i) => {
    const centre = scale * (i + 0.5);
    const from = Math.max(0, Math.trunc(centre - support + 0.5));
    const count = Math.min(sizeIn, Math.trunc(centre + support + 0.5)) - from;
    first[i] = from;
    const raw = Array.from({ length: count }, (_, j) => kernel.weight((j + from - centre + 0.5) / stretch));
    const sum = raw.reduce((a, b) => a + b, 0);
    return Float32Array.from(raw, (w) => w / sum);
  });
  return { first, weights };
}

function alongRows({ width, height, data }: Plane, sizeOut: number, filter: Exclude<FilterName, 'NEAREST'>): Plane {
  if (sizeOut === width) return { width, height, data };
  const { first, weights } = floatTaps(width, sizeOut, filter);
  const out = new Float32Array(sizeOut * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < sizeOut; x++) {
      const row = weights[x] ?? new Float32Array(0);
      const from = y * width + (first[x] ?? 0);
      let sum = 0;
      for (let k = 0; k < row.length; k++) sum += (row[k] ?? 0) * (data[from + k] ?? 0);
      out[y * sizeOut + x] = sum;
    }
  return { width: sizeOut, height, data: out };
}

function alongColumns({ width, height, data }: Plane, sizeOut: number, filter: Exclude<FilterName, 'NEAREST'>): Plane {
  if (sizeOut === height) return { width, height, data };
  const { first, weights } = floatTaps(height, sizeOut, filter);
  const out = new Float32Array(width * sizeOut);
  for (let y = 0; y < sizeOut; y++) {
    const column = weights[y] ?? new Float32Array(0);
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 0, from = (first[y] ?? 0) * width + x; k < column.length; k++, from += width)
        sum += (column[k] ?? 0) * (data[from] ?? 0);
      out[y * width + x] = sum;
    }
  }
  return { width, height: sizeOut, data: out };
}
