import type { Raster } from '../types.ts';
import { wordsFrom } from './random.ts';

/** The standard deviation of a sum of eight random bytes: sqrt(8 * (256^2 - 1) / 12), and their mean. */
const SPREAD = Math.sqrt((8 * (256 * 256 - 1)) / 12);
const MEAN = 8 * 127.5;

/** Bell-shaped noise, the sum of eight random bytes a pixel, the same for all channels, so that grey stays grey. Rounded, and clipped to 0..255. */
export function withNoise(image: Raster, sigma: number, seed: string): Raster {
  const next = wordsFrom(seed);
  const out = new Uint8Array(image.data.length);
  const scale = sigma / SPREAD;
  for (let i = 0; i < out.length; i += 3) {
    const noise = Math.floor((bytesOf(next()) + bytesOf(next()) - MEAN) * scale + 0.5);
    for (let c = 0; c < 3; c++) out[i + c] = Math.min(255, Math.max(0, (image.data[i + c] ?? 0) + noise));
  }
  return { ...image, data: out };
}

const bytesOf = (word: number): number =>
  (word & 255) + ((word >>> 8) & 255) + ((word >>> 16) & 255) + ((word >>> 24) & 255);
