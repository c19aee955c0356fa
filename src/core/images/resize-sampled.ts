import { pyRound } from './geometry.ts';
import type { Raster } from './types.ts';

const f = Math.fround;
/** a * b + c in float32, rounded once: torch's compiled loops fuse them, and halves are rounded by it. */
const fused = (a: number, b: number, c: number): number => f(a * b + c);

/**
 * A bilinear resize that looks at four pixels however small the picture becomes: torch's `interpolate(mode='bilinear')` without antialias, in float32
 * with channels last (ATen, UpSampleKernel.cpp), rounded to bytes. It has no order of passes.
 */
export function resizeSampled(image: Raster, height: number, width: number): Raster {
  if (image.height === height && image.width === width) return image;
  const { channels, data } = image;
  const cols = sourcesOf(image.width, width);
  const out = new Uint8Array(width * height * channels);
  let to = 0;
  for (const { low: top, high: bottom, part: down } of sourcesOf(image.height, height))
    for (const { low: left, high: right, part: across } of cols) {
      const [up, back] = [f(1 - down), f(1 - across)];
      const weights = [f(up * back), f(up * across), f(down * back), f(down * across)] as const;
      for (let c = 0; c < channels; c++) {
        const value = (y: number, x: number): number => data[(y * image.width + x) * channels + c] ?? 0;
        const upper = fused(weights[0], value(top, left), f(weights[1] * value(top, right)));
        const mixed = fused(weights[3], value(bottom, right), fused(weights[2], value(bottom, left), upper));
        out[to++] = Math.min(255, Math.max(0, pyRound(mixed)));
      }
    }
  return { width, height, channels, data: out };
}

/** Between which two pixels of a line each pixel of the new line lies; `part`: how near to the second. */
interface Source {
  readonly low: number;
  readonly high: number;
  readonly part: number;
}

function sourcesOf(from: number, to: number): readonly Source[] {
  const scale = f(from / to);
  return Array.from({ length: to }, (_, i) => {
    const place = Math.max(0, fused(scale, i + 0.5, -0.5));
    const low = Math.min(Math.floor(place), from - 1);
    return { low, high: Math.min(low + 1, from - 1), part: f(place - low) };
  });
}
