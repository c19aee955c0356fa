/**
 * Pairs counted by both similarities, in cells as wide as the steps of the thresholds, so that the count at any of them is exact. Cell 0 begins at -1;
 * the last one also holds what rounding puts above 1.
 */
export const STEP = 0.005;
export const CELLS = 400;

/** The lower edges of the cells as float32, as similarities are compared with them. */
export const EDGES: Float32Array = Float32Array.from({ length: CELLS + 1 }, (_, i) => (i - CELLS / 2) / (CELLS / 2));

/** The cell whose lower edge is at most `x` and whose upper edge is above it. */
export function cellOf(x: number): number {
  let cell = Math.max(0, Math.min(CELLS - 1, Math.floor((x + 1) / STEP)));
  // Division rounds: the edges decide.
  while (cell > 0 && x < (EDGES[cell] as number)) cell--;
  while (cell < CELLS - 1 && x >= (EDGES[cell + 1] as number)) cell++;
  return cell;
}

/** An empty histogram: CELLS rows of sim_med, each CELLS cells of sim_gen. */
export const emptyHistogram = (): Float64Array<ArrayBuffer> => new Float64Array(CELLS * CELLS);

/** Index of the cell that begins at a threshold; thresholds between steps have none. */
function stepOf(threshold: number): number | null {
  const step = Math.round((threshold + 1) / STEP);
  return Math.abs(step * STEP - 1 - threshold) < 1e-9 ? step : null;
}

/**
 * Pairs with sim_med at least `med` and sim_gen below the end of the cell before `gen`.
 * @param med @param gen thresholds that are steps
 * @returns null where a threshold is no step
 */
export function countWithin(histogram: ArrayLike<number>, med: number, gen: number): number | null {
  const from = stepOf(med);
  const to = stepOf(gen);
  if (from === null || to === null) return null;
  let count = 0;
  for (let m = Math.max(0, from); m < CELLS; m++)
    for (let g = 0; g < Math.min(CELLS, to); g++) count += histogram[m * CELLS + g] ?? 0;
  return count;
}
