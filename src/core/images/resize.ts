import type { FilterName } from './filters.ts';
import { PRECISION_BITS, makeTaps, type TapCache, type Taps } from './taps.ts';
import type { PixelPolicy, Raster } from './types.ts';

export type PassOrder = PixelPolicy['passOrder'];

export interface ResizeOptions {
  readonly width: number;
  readonly height: number;
  readonly filter: FilterName;
  readonly order: PassOrder;
  /** [left, top, right, bottom] in source pixels; the whole image by default. */
  readonly box?: readonly [number, number, number, number] | undefined;
  readonly cache?: TapCache | undefined;
}

/**
 * Pillow's `Image.resize` for 8-bit images, bit for bit (src/libImaging/Resample.c; NEAREST: Geometry.c, ImagingScaleAffine).
 * Two passes over bytes with rounding and clipping between them; a pass that changes nothing is left out.
 */
export function resize(image: Raster, options: ResizeOptions): Raster {
  const { width, height, filter, order, cache } = options;
  const box = (options.box ?? [0, 0, image.width, image.height]).map(Math.fround) as [number, number, number, number];
  if (filter === 'NEAREST') return nearest(image, width, height, box);
  const across = width !== image.width || box[0] !== 0 || box[2] !== width;
  const down = height !== image.height || box[1] !== 0 || box[3] !== height;
  const taps = cache ? cache.taps : makeTaps;
  const horizontal = (r: Raster): Raster =>
    across ? passAcross(r, taps(filter, image.width, width, box[0], box[2])) : r;
  const vertical = (r: Raster): Raster => (down ? passDown(r, taps(filter, image.height, height, box[1], box[3])) : r);
  if (!across && !down) return { ...image, data: image.data.slice() };
  return verticalFirst(image, width, height, order) ? horizontal(vertical(image)) : vertical(horizontal(image));
}

/** Pillow 13.0 (#9549) goes vertically first when the height shrinks by more than twice what the width shrinks by. */
function verticalFirst(image: Raster, width: number, height: number, order: PassOrder): boolean {
  return order === 'pillow13' && height < image.height && image.height - height > 2 * (image.width - width);
}

/** Pillow accumulates the position in float64, so that floor((i + 0.5) * scale) would give other pixels. */
function positions(sizeOut: number, lo: number, hi: number): Int32Array {
  const step = Math.fround(hi - lo) / sizeOut;
  const out = new Int32Array(sizeOut);
  for (let i = 0, at = lo + step * 0.5; i < sizeOut; i++, at += step) out[i] = Math.trunc(at);
  return out;
}

function nearest(image: Raster, width: number, height: number, box: readonly [number, number, number, number]): Raster {
  const { channels } = image;
  const xs = positions(width, box[0], box[2]);
  const ys = positions(height, box[1], box[3]);
  const data = new Uint8Array(width * height * channels);
  let to = 0;
  for (const y of ys)
    for (const x of xs) {
      const from = (y * image.width + x) * channels;
      const inside = x < image.width && y < image.height;
      for (let c = 0; c < channels; c++) data[to++] = inside ? (image.data[from + c] ?? 0) : 0;
    }
  return { width, height, channels, data };
}

const HALF = 1 << (PRECISION_BITS - 1);

/** Rounded, shifted and clipped to a byte; the sum of a pass stays within int32. */
const byte = (sum: number): number => {
  const v = sum >> PRECISION_BITS;
  return v < 0 ? 0 : v > 255 ? 255 : v;
};

/** Resizes every row. The loop is written out for three channels, which is nearly every image. */
function passAcross(image: Raster, taps: Taps): Raster {
  const width = taps.first.length;
  const { height, channels } = image;
  const data = new Uint8Array(width * height * channels);
  if (channels === 3) rowsOfThree(image.data, image.width * 3, data, taps, height);
  else
    for (let c = 0; c < channels; c++) {
      const shape = { channels, offset: c, row: image.width * channels };
      rowsOfOne(image.data, shape, data, taps, height);
    }
  return { width, height, channels, data };
}

/* eslint-disable @typescript-eslint/no-non-null-assertion -- indices are within the arrays by construction; a default would cost a branch per tap */
/** Each row is first packed, a pixel to an int32: one load a tap instead of three makes this a third faster. */
function rowsOfThree(source: Uint8Array, row: number, out: Uint8Array, taps: Taps, height: number): void {
  const { first, count, weights, stride } = taps;
  const width = first.length;
  const packed = new Int32Array(row / 3);
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let i = 0, from = y * row; i < packed.length; i++, from += 3)
      packed[i] = source[from]! | (source[from + 1]! << 8) | (source[from + 2]! << 16);
    for (let x = 0; x < width; x++) {
      let from = first[x]!;
      const end = x * stride + count[x]!;
      let r = HALF;
      let g = HALF;
      let b = HALF;
      for (let k = x * stride; k < end; k++, from++) {
        const w = weights[k]!;
        const pixel = packed[from]!;
        r = (r + Math.imul(w, pixel & 255)) | 0;
        g = (g + Math.imul(w, (pixel >> 8) & 255)) | 0;
        b = (b + Math.imul(w, pixel >> 16)) | 0;
      }
      out[to] = byte(r);
      out[to + 1] = byte(g);
      out[to + 2] = byte(b);
      to += 3;
    }
  }
}

interface Plane {
  readonly channels: number;
  readonly offset: number;
  readonly row: number;
}

function rowsOfOne(source: Uint8Array, plane: Plane, out: Uint8Array, taps: Taps, height: number): void {
  const { first, count, weights, stride } = taps;
  const { channels, offset, row } = plane;
  const width = first.length;
  for (let y = 0, to = offset; y < height; y++) {
    for (let x = 0; x < width; x++, to += channels) {
      let from = y * row + first[x]! * channels + offset;
      const end = x * stride + count[x]!;
      let sum = HALF;
      for (let k = x * stride; k < end; k++, from += channels) sum = (sum + Math.imul(weights[k]!, source[from]!)) | 0;
      out[to] = byte(sum);
    }
  }
}

/** Resizes every column: whole rows are summed, which reads memory in order; channels make no difference here. */
function passDown(image: Raster, taps: Taps): Raster {
  const { first, count, weights, stride } = taps;
  const height = first.length;
  const { width, channels, data: source } = image;
  const row = width * channels;
  const data = new Uint8Array(row * height);
  const sums = new Int32Array(row);
  for (let y = 0; y < height; y++) {
    sums.fill(HALF);
    for (let k = 0; k < count[y]!; k++) {
      const w = weights[y * stride + k]!;
      const from = (first[y]! + k) * row;
      for (let i = 0; i < row; i++) sums[i] = (sums[i]! + Math.imul(w, source[from + i]!)) | 0;
    }
    const to = y * row;
    for (let i = 0; i < row; i++) data[to + i] = byte(sums[i]!);
  }
  return { width, height, channels, data };
}
/* eslint-enable @typescript-eslint/no-non-null-assertion */
