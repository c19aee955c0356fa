import type { PixelPolicy, Raster } from './types.ts';

/** 16 bits to 8: round(v / 257), so that 0 stays 0 and 65535 becomes 255. */
export function to8bit(values: Uint16Array): Uint8Array {
  const out = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) out[i] = Math.floor((values[i] ?? 0) / 257 + 0.5);
  return out;
}

/** Any raster as RGB under an alpha policy: the colour under alpha is kept, or laid on white. */
export function toRgb(image: Raster, alpha: PixelPolicy['alpha']): Raster {
  const { width, height, channels, data } = image;
  if (channels === 3) return image;
  const out = new Uint8Array(width * height * 3);
  if (channels === 1) for (let i = 0, to = 0; i < data.length; i++, to += 3) out.fill(data[i] ?? 0, to, to + 3);
  else
    for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
      const a = alpha === 'white' ? (data[from + 3] ?? 255) : 255;
      for (let c = 0; c < 3; c++) out[to + c] = a === 255 ? (data[from + c] ?? 0) : onWhite(data[from + c] ?? 0, a);
    }
  return { width, height, channels: 3, data: out };
}

/** Pillow's alpha_composite over opaque white, in its integer arithmetic (src/libImaging/AlphaComposite.c). */
function onWhite(value: number, a: number): number {
  if (a === 0) return 255;
  const t = value * (a << 7) + 255 * ((255 - a) << 7) + (0x80 << 7);
  return (((t >>> 8) + t) >>> 8) >>> 7;
}

/** Whether any pixel is not opaque. */
export function isTransparent(image: Raster): boolean {
  if (image.channels !== 4) return false;
  for (let i = 3; i < image.data.length; i += 4) if (image.data[i] !== 255) return true;
  return false;
}
