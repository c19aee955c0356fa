import type { Raster } from '../types.ts';
import { viewOf } from './types.ts';

/** Where each channel lies in a pixel of 16 bits. */
interface Layout {
  readonly shifts: readonly [number, number, number];
  readonly bits: readonly [number, number, number];
}
const RGB555: Layout = { shifts: [10, 5, 0], bits: [5, 5, 5] };
const RGB565: Layout = { shifts: [11, 5, 0], bits: [5, 6, 5] };
/** Colour masks behind the header (BI_BITFIELDS), as red and green say them. */
const MASKS: Readonly<Record<string, Layout>> = { '7c00,3e0,1f': RGB555, 'f800,7e0,1f': RGB565 };

/**
 * A bitmap of 16 bits a pixel as Pillow reads it: each channel v of n bits becomes floor(v * 255 / (2^n - 1)), which browsers round otherwise.
 * @param bytes of a file whose header was read, and that holds all rows
 * @returns RGB; null for every other bitmap
 */
export function decodeBmp16(bytes: Uint8Array, width: number, height: number): Raster | null {
  const view = viewOf(bytes);
  if (bytes.length < 54 || view.getUint32(14, true) < 40 || view.getUint16(28, true) !== 16) return null;
  const layout = layoutOf(view);
  if (!layout) return null;
  const levels = layout.bits.map((n) =>
    Uint8Array.from({ length: 1 << n }, (_, v) => Math.floor((v * 255) / ((1 << n) - 1))),
  );
  const [from, stride] = [view.getUint32(10, true), Math.ceil((width * 16) / 32) * 4];
  const upwards = view.getInt32(22, true) > 0;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    const row = from + stride * (upwards ? height - 1 - y : y);
    for (let x = 0; x < width; x++) {
      const pixel = view.getUint16(row + 2 * x, true);
      levels.forEach((of, c) => (data[at++] = of[(pixel >> (layout.shifts[c] ?? 0)) & (of.length - 1)] ?? 0));
    }
  }
  return { width, height, channels: 3, data };
}

function layoutOf(view: DataView): Layout | undefined {
  const compression = view.getUint32(30, true);
  if (compression === 0) return RGB555;
  if (compression !== 3 || view.byteLength < 66) return undefined;
  return MASKS[[54, 58, 62].map((at) => view.getUint32(at, true).toString(16)).join()];
}
