import { to8bit } from '../../src/core/images/colour.ts';
import type { Mark } from '../../src/core/images/marks/mark.ts';
import type { Raster } from '../../src/core/images/types.ts';

export interface MarkCase {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly marks: readonly Mark[];
  /** SHA-256 of the RGB bytes that must come out, and how many pixels differ from the input. */
  readonly sha256: string;
  readonly changed: number;
}

/** The input of a case: a pattern that a formula gives (tools/make/marks/make_cases.py). */
export function patternOf({ width, height, depth }: Pick<MarkCase, 'width' | 'height' | 'depth'>): Raster {
  const wide = new Uint16Array(width * height * 3);
  let to = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++)
        wide[to++] = depth === 16 ? (771 * x + 1285 * y + 257 * c) % 65536 : (7 * x + 13 * y + 29 * c + x * y) % 256;
  return { width, height, channels: 3, data: depth === 16 ? to8bit(wide) : Uint8Array.from(wide) };
}
