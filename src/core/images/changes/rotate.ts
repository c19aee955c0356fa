import type { Raster } from '../types.ts';

/** cos and sin of 5 degrees to 15 digits, as Pillow rounds them (Image.rotate). */
const COS = 0.996194698091746;
const SIN = 0.087155742747658;

/**
 * An image turned by 5 degrees against the clock about its middle: the bytes of Pillow's `image.rotate(5, BILINEAR)` (Image.py; Geometry.c,
 * bilinear_filter32RGB, which cuts off what is behind the point). What comes in from outside is black.
 */
export function rotated(image: Raster): Raster {
  const { width, height } = image;
  const [cx, cy] = [width / 2, height / 2];
  // The way back: where in the source a pixel of the turned image lies.
  const [a, b, d, e] = [COS, -SIN, SIN, COS];
  const c = a * -cx + b * -cy + 0 + cx;
  const f = d * -cx + e * -cy + 0 + cy;
  const out = new Uint8Array(image.data.length);
  for (let y = 0, to = 0; y < height; y++)
    for (let x = 0; x < width; x++, to += 3) {
      const xin = a * (x + 0.5) + b * (y + 0.5) + c;
      const yin = d * (x + 0.5) + e * (y + 0.5) + f;
      if (xin < 0 || xin >= width || yin < 0 || yin >= height) continue;
      between(image, xin - 0.5, yin - 0.5, out, to);
    }
  return { ...image, data: out };
}

/** The mixture of the four pixels around a place; beyond the border the last pixel goes on. */
function between({ width, height, data }: Raster, xin: number, yin: number, out: Uint8Array, to: number): void {
  const [x, y] = [Math.floor(xin), Math.floor(yin)];
  const [dx, dy] = [xin - x, yin - y];
  const column = (i: number): number => Math.min(width - 1, Math.max(0, i)) * 3;
  const first = Math.max(0, y) * width * 3;
  const second = y + 1 < height ? (y + 1) * width * 3 : first;
  for (let ch = 0; ch < 3; ch++) {
    const at = (row: number, i: number): number => data[row + column(i) + ch] ?? 0;
    const upper = mix(at(first, x), at(first, x + 1), dx);
    const lower = second === first && y + 1 >= height ? upper : mix(at(second, x), at(second, x + 1), dx);
    out[to + ch] = Math.trunc(mix(upper, lower, dy));
  }
}

const mix = (a: number, b: number, share: number): number => a + (b - a) * share;
