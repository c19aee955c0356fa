import { to8bit } from './colour.ts';
import type { PixelPolicy, Raster } from './types.ts';

/** A PNG's pixels as they are stored, unpacked but not interpreted. */
export interface StoredPixels {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA. */
  readonly colourType: number;
  /** One value a channel; below 8 bits packed, each row beginning on a byte. */
  readonly values: ArrayLike<number>;
  readonly palette: Uint8Array | null;
  /** The tRNS chunk. */
  readonly transparency: Uint8Array | null;
}

/**
 * Stored pixels as 8-bit grey, RGB or RGBA: small depths spread over 0..255, 16 bits as round(v / 257), palette looked up.
 * On white is transformers' own conversion: there Pillow has already cut colour and alpha of 16 bits to their high bytes.
 */
export function fromStored(
  png: StoredPixels,
  alpha: PixelPolicy['alpha'],
): { raster: Raster; notes: readonly string[] } {
  const { width, height, depth, colourType } = png;
  const shape = { width, height };
  const notes = depth === 16 ? sixteenBitNotes(png) : [];
  const values = depth < 8 ? unpack(png) : png.values;
  if (colourType === 3) return { raster: { ...shape, ...lookUp(values, png) }, notes };
  const key = colourType === 0 || colourType === 2 ? colourKey(png) : null;
  const cut = alpha === 'white' && colourType >= 4;
  const bytes = depth < 16 ? spread(values, depth) : cut ? highBytes(values) : to8bit(Uint16Array.from(values));
  if (key) return { raster: { ...shape, channels: 4, data: keyed(values, bytes, key) }, notes };
  if (colourType === 4) return { raster: { ...shape, channels: 4, data: greyAlpha(bytes) }, notes };
  return { raster: { ...shape, channels: colourType === 0 ? 1 : colourType === 2 ? 3 : 4, data: bytes }, notes };
}

/** Files of 16 bits often hold 12: then the picture is nearly black, which a reader must be told. */
function sixteenBitNotes(png: StoredPixels): readonly string[] {
  const alpha = png.colourType === 4 ? 2 : png.colourType === 6 ? 4 : 0;
  let top = 0;
  for (let i = 0; i < png.values.length; i++) {
    const v = png.values[i] ?? 0;
    if (v > top && (alpha === 0 || i % alpha !== alpha - 1)) top = v;
  }
  return top < 0x4000 ? ['sixteen-bit', `sixteen-bit-range-0-${top}`] : ['sixteen-bit'];
}

function unpack({ width, height, depth, values }: StoredPixels): Uint8Array {
  const out = new Uint8Array(width * height);
  const stride = Math.ceil((width * depth) / 8);
  const mask = (1 << depth) - 1;
  for (let y = 0, to = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      out[to++] = ((values[y * stride + (bit >> 3)] ?? 0) >> (8 - depth - (bit & 7))) & mask;
    }
  return out;
}

/** Grey of 1, 2 or 4 bits to 0..255; copied, so that the raster owns its bytes. */
function spread(values: ArrayLike<number>, depth: number): Uint8Array {
  const out = Uint8Array.from(values);
  const factor = depth < 8 ? 255 / ((1 << depth) - 1) : 1;
  if (factor !== 1) for (let i = 0; i < out.length; i++) out[i] = (out[i] ?? 0) * factor;
  return out;
}

const highBytes = (values: ArrayLike<number>): Uint8Array => Uint8Array.from(values, (v) => v >> 8);

/** A palette entry that the file leaves out is black, as in Pillow. */
function lookUp(
  values: ArrayLike<number>,
  { palette, transparency }: StoredPixels,
): { channels: 3 | 4; data: Uint8Array } {
  const channels = transparency ? 4 : 3;
  const data = new Uint8Array(values.length * channels);
  for (let i = 0, to = 0; i < values.length; i++, to += channels) {
    const v = values[i] ?? 0;
    for (let c = 0; c < 3; c++) data[to + c] = palette?.[v * 3 + c] ?? 0;
    if (channels === 4) data[to + 3] = transparency?.[v] ?? 255;
  }
  return { channels, data };
}

/** The one grey or colour that tRNS makes transparent, in the file's own depth. */
function colourKey({ colourType, transparency: t }: StoredPixels): readonly number[] | null {
  const channels = colourType === 0 ? 1 : 3;
  if (!t || t.length < channels * 2) return null;
  return Array.from({ length: channels }, (_, c) => ((t[c * 2] ?? 0) << 8) | (t[c * 2 + 1] ?? 0));
}

function keyed(values: ArrayLike<number>, bytes: Uint8Array, key: readonly number[]): Uint8Array {
  const n = key.length;
  const out = new Uint8Array((bytes.length / n) * 4);
  for (let i = 0, to = 0; i < bytes.length; i += n, to += 4) {
    for (let c = 0; c < 3; c++) out[to + c] = bytes[i + (n === 1 ? 0 : c)] ?? 0;
    out[to + 3] = key.every((k, c) => values[i + c] === k) ? 0 : 255;
  }
  return out;
}

function greyAlpha(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length * 2);
  for (let i = 0, to = 0; i < bytes.length; i += 2, to += 4) {
    out.fill(bytes[i] ?? 0, to, to + 3);
    out[to + 3] = bytes[i + 1] ?? 255;
  }
  return out;
}
