import type { PngHeader } from './png.ts';

/** Where each pass of Adam7 begins, and its steps (PNG specification, 8.2): x, y, step in x, step in y. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Channels of each colour type. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

type Shape = Pick<PngHeader, 'width' | 'height' | 'depth' | 'colourType'>;

/**
 * The pixels of an interlaced PNG, as those of a plain one are unpacked: a value a channel; below 8 bits packed, each row beginning on a byte.
 * @param data the picture's data, inflated: seven smaller pictures, each row behind its filter
 * @throws RangeError where the data end before the picture, or name a filter that there is not
 */
export function fromAdam7(data: Uint8Array, shape: Shape): Uint8Array | Uint16Array {
  const { width, height, depth, colourType } = shape;
  const channels = CHANNELS[colourType] ?? 1;
  const bits = channels * depth;
  const stride = Math.ceil((width * bits) / 8);
  const out = new Uint8Array(stride * height);
  let at = 0;
  for (const [left, top, stepX, stepY] of PASSES) {
    const columns = Math.ceil((width - left) / stepX);
    const rows = Math.ceil((height - top) / stepY);
    if (columns <= 0 || rows <= 0) continue;
    const length = Math.ceil((columns * bits) / 8);
    let above: Uint8Array = new Uint8Array(length);
    for (let r = 0; r < rows; r++, at += length + 1) {
      if (at + 1 + length > data.length) throw new RangeError('The picture data end before the picture.');
      const row = unfiltered(data.subarray(at + 1, at + 1 + length), above, data[at] ?? 0, Math.max(1, bits >> 3));
      const to = (top + r * stepY) * stride;
      if (bits < 8) spreadBits(row, out, to, { columns, left, stepX, bits });
      else for (let c = 0; c < columns; c++) out.set(pixelAt(row, c, bits), to + ((left + c * stepX) * bits) / 8);
      above = row;
    }
  }
  return depth === 16 ? bigEndian(out) : out;
}

const pixelAt = (row: Uint8Array, column: number, bits: number): Uint8Array =>
  row.subarray((column * bits) / 8, ((column + 1) * bits) / 8);

/** Pixels smaller than a byte, from the front of a row to their places in the picture's. */
function spreadBits(
  row: Uint8Array,
  out: Uint8Array,
  to: number,
  { columns, left, stepX, bits }: { columns: number; left: number; stepX: number; bits: number },
): void {
  const mask = (1 << bits) - 1;
  for (let c = 0; c < columns; c++) {
    const from = c * bits;
    const value = ((row[from >> 3] ?? 0) >> (8 - bits - (from & 7))) & mask;
    const place = (left + c * stepX) * bits;
    const byte = to + (place >> 3);
    out[byte] = (out[byte] ?? 0) | (value << (8 - bits - (place & 7)));
  }
}

/**
 * One row without its filter (PNG specification, 9.2).
 * @param step bytes from a pixel to the one left of it
 */
function unfiltered(row: Uint8Array, above: Uint8Array, filter: number, step: number): Uint8Array {
  if (filter > 4) throw new RangeError(`There is no filter ${filter}.`);
  const out = Uint8Array.from(row);
  for (let i = 0; i < out.length; i++) {
    const left = i < step ? 0 : (out[i - step] ?? 0);
    const up = above[i] ?? 0;
    const corner = i < step ? 0 : (above[i - step] ?? 0);
    const guess = [0, left, up, (left + up) >> 1, filter === 4 ? paeth(left, up, corner) : 0][filter] ?? 0;
    out[i] = (out[i] ?? 0) + guess;
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const p = left + up - corner;
  const [a, b, c] = [Math.abs(p - left), Math.abs(p - up), Math.abs(p - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

function bigEndian(bytes: Uint8Array): Uint16Array {
  return Uint16Array.from({ length: bytes.length / 2 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0));
}
