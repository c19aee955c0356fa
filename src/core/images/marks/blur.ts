import type { Raster } from '../types.ts';
import { upright, type BlurMark } from './mark.ts';
import { pixels } from './shapes.ts';

/** The blurred pixels of a mark's rectangle, with their place in the image. */
export interface Blurred {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly data: Uint8Array;
}

/**
 * Each pixel as the mean of the square of 2r + 1 pixels around it, as far as the image reaches: whole numbers, halves rounded up.
 * @returns null where the rectangle lies outside the image
 */
export function blurred(image: Raster, mark: BlurMark): Blurred | null {
  const { x0, y0, x1, y1 } = upright(mark);
  const [left, top] = [Math.max(0, Math.floor(x0)), Math.max(0, Math.floor(y0))];
  // One pixel more than the corners say, since they are set on a grid when they are drawn.
  const [right, bottom] = [Math.min(image.width, Math.ceil(x1) + 1), Math.min(image.height, Math.ceil(y1) + 1)];
  if (left >= right || top >= bottom) return null;
  const r = Math.max(1, Math.floor(pixels(mark.radius, image) + 0.5));
  const width = right - left;
  const data = new Uint8Array(width * (bottom - top) * 3);
  // Sums of the columns over the rows of the square; one row goes and one comes as it moves down.
  const sums = new Float64Array(image.width * 3);
  const addRow = (y: number, sign: 1 | -1): void => {
    if (y < 0 || y >= image.height) return;
    const row = image.data.subarray(y * image.width * 3, (y + 1) * image.width * 3);
    for (let i = 0; i < row.length; i++) sums[i] = (sums[i] ?? 0) + sign * (row[i] ?? 0);
  };
  for (let y = top - r; y < top + r; y++) addRow(y, 1);
  for (let y = top; y < bottom; y++) {
    addRow(y + r, 1);
    const rows = Math.min(image.height, y + r + 1) - Math.max(0, y - r);
    meansOf(sums, image.width, [left, right], r, rows, data.subarray((y - top) * width * 3));
    addRow(y - r, -1);
  }
  return { left, top, width, data };
}

function meansOf(
  sums: Float64Array,
  imageWidth: number,
  [left, right]: readonly [number, number],
  r: number,
  rows: number,
  out: Uint8Array,
): void {
  for (let c = 0; c < 3; c++) {
    let sum = 0;
    const at = (x: number): number => (x < 0 || x >= imageWidth ? 0 : (sums[x * 3 + c] ?? 0));
    for (let x = left - r; x < left + r; x++) sum += at(x);
    for (let x = left; x < right; x++) {
      sum += at(x + r);
      const n = rows * (Math.min(imageWidth, x + r + 1) - Math.max(0, x - r));
      out[(x - left) * 3 + c] = Math.floor((2 * sum + n) / (2 * n));
      sum -= at(x - r);
    }
  }
}
