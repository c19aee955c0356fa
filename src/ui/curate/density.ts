import { CELLS, STEP } from '../../core/discovery/histogram.ts';

/** The part of the histogram that is drawn: cells from `gen` to the end across, from `med` to the end upwards. */
export interface Window {
  readonly med: number;
  readonly gen: number;
}

/** The smallest window, of whole tenths, that holds every counted pair and both thresholds. */
export function windowOf(histogram: ArrayLike<number>, thresholds: { med: number; gen: number }): Window {
  let [med, gen] = [cellAt(thresholds.med) - 20, cellAt(thresholds.gen) - 20];
  for (let m = 0; m < CELLS; m++)
    for (let g = 0; g < CELLS; g++) {
      if (!histogram[m * CELLS + g]) continue;
      med = Math.min(med, m);
      gen = Math.min(gen, g);
    }
  const tenth = (cell: number): number => Math.max(0, Math.floor(cell / 20) * 20);
  return { med: tenth(med), gen: tenth(gen) };
}

/** The similarity at which a cell begins. */
export const valueAt = (cell: number): number => Math.round((cell * STEP - 1) * 1000) / 1000;
/** The cell that begins at or before a similarity. */
export const cellAt = (value: number): number => Math.max(0, Math.min(CELLS, Math.round((value + 1) / STEP)));

/** Pixels of the picture, one a cell, RGBA: the more pairs, the stronger the colour, by their logarithm. */
export function densityPixels(
  histogram: ArrayLike<number>,
  { med, gen }: Window,
  [r, g, b]: readonly [number, number, number],
): { readonly width: number; readonly height: number; readonly data: Uint8ClampedArray<ArrayBuffer> } {
  const width = CELLS - gen;
  const height = CELLS - med;
  const data = new Uint8ClampedArray(width * height * 4);
  let most = 1;
  for (let i = 0; i < histogram.length; i++) most = Math.max(most, histogram[i] ?? 0);
  for (let m = med; m < CELLS; m++)
    for (let c = gen; c < CELLS; c++) {
      const n = histogram[m * CELLS + c] ?? 0;
      if (n === 0) continue;
      const at = ((CELLS - 1 - m) * width + (c - gen)) * 4;
      data.set([r, g, b, 90 + (165 * Math.log1p(n)) / Math.log1p(most)], at);
    }
  return { width, height, data };
}
