import type { Raster } from '../types.ts';
import { backward, forward } from './dct.ts';

/**
 * What JPEG does to an image, without the file: the entropy coder loses nothing, so colours, transform and rounding are all. The bytes are those of Pillow's
 * `save(quality=q)` and `open` (libjpeg-turbo: jccolor, jcsample h2v2, jfdctint, jidctint, jdsample h2v2_fancy, jdcolor).
 */
export function throughJpeg(image: Raster, quality: number): Raster {
  const { width, height } = image;
  const [y, cb, cr] = toYcc(image);
  const half: PlaneSize = { width: Math.ceil(width / 2), height: Math.ceil(height / 2) };
  // Whole blocks: what is beyond the border is halved too, and its rounding alternates on.
  const padded: PlaneSize = { width: Math.ceil(half.width / 8) * 8, height: half.height };
  const light = coded(y, { width, height }, scaled(LUMINANCE, quality));
  const chroma = (plane: Uint8Array): Uint8Array => {
    const small = coded(halved(plane, { width, height }, padded), padded, scaled(CHROMINANCE, quality));
    return doubled(small, padded.width, half, { width, height });
  };
  return { ...image, data: toRgb(light, chroma(cb), chroma(cr)) };
}

interface PlaneSize {
  readonly width: number;
  readonly height: number;
}

/** ITU-T T.81, tables K.1 and K.2. */
const LUMINANCE = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
  87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103, 99,
];
const CHROMINANCE = [
  17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99,
];

/** A table at a quality (jcparam.c, jpeg_quality_scaling). */
function scaled(table: readonly number[], quality: number): readonly number[] {
  const q = Math.min(100, Math.max(1, quality));
  const scale = q < 50 ? Math.floor(5000 / q) : 200 - 2 * q;
  return table.map((v) => Math.min(255, Math.max(1, Math.floor((v * scale + 50) / 100))));
}

function toYcc({ data }: Raster): readonly [Uint8Array, Uint8Array, Uint8Array] {
  const n = data.length / 3;
  const planes = [new Uint8Array(n), new Uint8Array(n), new Uint8Array(n)] as const;
  const centre = 128 * 65536 + 32767;
  for (let i = 0, from = 0; i < n; i++, from += 3) {
    const [r, g, b] = [data[from] ?? 0, data[from + 1] ?? 0, data[from + 2] ?? 0];
    planes[0][i] = (19595 * r + 38470 * g + 7471 * b + 32768) >> 16;
    planes[1][i] = (-11059 * r - 21709 * g + 32768 * b + centre) >> 16;
    planes[2][i] = (32768 * r - 27439 * g - 5329 * b + centre) >> 16;
  }
  return planes;
}

function toRgb(y: Uint8Array, cb: Uint8Array, cr: Uint8Array): Uint8Array {
  const out = new Uint8Array(y.length * 3);
  const clip = (v: number): number => Math.min(255, Math.max(0, v));
  for (let i = 0, to = 0; i < y.length; i++, to += 3) {
    const [light, b, r] = [y[i] ?? 0, (cb[i] ?? 0) - 128, (cr[i] ?? 0) - 128];
    out[to] = clip(light + ((91881 * r + 32768) >> 16));
    out[to + 1] = clip(light + ((-22554 * b - 46802 * r + 32768) >> 16));
    out[to + 2] = clip(light + ((116130 * b + 32768) >> 16));
  }
  return out;
}

/** Four pixels become one; what is beyond the border repeats the last. The rounding alternates, so that flat grey does not drift (jcsample.c). */
function halved(plane: Uint8Array, size: PlaneSize, half: PlaneSize): Uint8Array {
  const out = new Uint8Array(half.width * half.height);
  for (let y = 0; y < half.height; y++) {
    const upper = 2 * y * size.width;
    const lower = Math.min(2 * y + 1, size.height - 1) * size.width;
    for (let x = 0; x < half.width; x++) {
      const [l, r] = [Math.min(2 * x, size.width - 1), Math.min(2 * x + 1, size.width - 1)];
      const sum = (plane[upper + l] ?? 0) + (plane[upper + r] ?? 0) + (plane[lower + l] ?? 0) + (plane[lower + r] ?? 0);
      out[y * half.width + x] = (sum + 1 + (x & 1)) >> 2;
    }
  }
  return out;
}

/** Blocks of 8 x 8 transformed, rounded by the table, and transformed back. */
function coded(plane: Uint8Array, { width, height }: PlaneSize, table: readonly number[]): Uint8Array {
  const out = new Uint8Array(plane.length);
  const block = new Int32Array(64);
  for (let top = 0; top < height; top += 8)
    for (let left = 0; left < width; left += 8) {
      for (let i = 0; i < 64; i++) {
        const y = Math.min(top + (i >> 3), height - 1);
        const x = Math.min(left + (i & 7), width - 1);
        block[i] = (plane[y * width + x] ?? 0) - 128;
      }
      forward(block);
      for (let i = 0; i < 64; i++) block[i] = quantised(block[i] ?? 0, table[i] ?? 1);
      backward(block);
      for (let i = 0; i < 64; i++) {
        const [y, x] = [top + (i >> 3), left + (i & 7)];
        if (y < height && x < width) out[y * width + x] = Math.min(255, Math.max(0, (block[i] ?? 0) + 128));
      }
    }
  return out;
}

/** To the nearest multiple of a step; the transform's numbers are eight times too large (jcdctmgr.c). */
function quantised(value: number, step: number): number {
  const divisor = step * 8;
  const n = Math.floor((Math.abs(value) + divisor / 2) / divisor);
  return (value < 0 ? -n : n) * step;
}

/** One pixel becomes four, each nearer to its own than to its neighbours (jdsample.c, h2v2_fancy_upsample); a plane of two columns only repeats. */
function doubled(plane: Uint8Array, stride: number, half: PlaneSize, size: PlaneSize): Uint8Array {
  const out = new Uint8Array(size.width * size.height);
  const row = (y: number): number => Math.min(half.height - 1, Math.max(0, y)) * stride;
  for (let y = 0; y < size.height; y++) {
    const near = row(y >> 1);
    const far = row((y >> 1) + ((y & 1) === 0 ? -1 : 1));
    const sum = (x: number): number => (plane[near + x] ?? 0) * 3 + (plane[far + x] ?? 0);
    for (let x = 0; x < size.width; x++) {
      const [own, odd] = [x >> 1, x & 1];
      const beside = odd === 0 ? own - 1 : own + 1;
      const border = beside < 0 || beside >= half.width;
      out[y * size.width + x] =
        half.width <= 2
          ? (plane[near + own] ?? 0)
          : (sum(own) * (border ? 4 : 3) + (border ? 0 : sum(beside)) + (odd === 0 ? 8 : 7)) >> 4;
    }
  }
  return out;
}
