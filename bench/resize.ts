import { resize } from '../src/core/images/resize.ts';
import type { FilterName } from '../src/core/images/filters.ts';
import type { Raster } from '../src/core/images/types.ts';

/** Milliseconds of the resize alone, on one thread, without any cached table. */
export interface ResizeBench {
  readonly filter: FilterName;
  readonly from: readonly [width: number, height: number];
  readonly to: readonly [width: number, height: number];
  readonly rounds: number;
  /** The least disturbed round: what one core takes when it is not shared. */
  readonly best: number;
  readonly median: number;
  readonly worst: number;
}

const FROM = [3000, 2000] as const;
const TO = [384, 384] as const;

/** An RGB picture of noise, the same each time. */
function noise(width: number, height: number): Raster {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0, x = 1; i < data.length; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    data[i] = x >>> 24;
  }
  return { width, height, channels: 3, data };
}

/** A 3000 x 2000 photograph's worth of pixels to 384 x 384, by the filters that models use; the first round, which compiles, is not counted. */
export function benchResize(rounds = 7): readonly ResizeBench[] {
  const image = noise(...FROM);
  return (['BILINEAR', 'BICUBIC', 'LANCZOS'] as const).map((filter) => {
    const once = (): number => {
      const start = performance.now();
      resize(image, { width: TO[0], height: TO[1], filter, order: 'horizontal-first' });
      return performance.now() - start;
    };
    once();
    const times = Array.from({ length: rounds }, once).sort((a, b) => a - b);
    return {
      filter,
      from: FROM,
      to: TO,
      rounds,
      best: times[0] ?? NaN,
      median: times[Math.floor(rounds / 2)] ?? NaN,
      worst: times.at(-1) ?? NaN,
    };
  });
}
