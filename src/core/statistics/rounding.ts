/**
 * Rounds to two decimals as Python's `round(x, 2)` does: to the nearest by the exact binary value, ties to the even digit (53.125 is 53.12).
 * The published tables are printed so.
 */
export function round2(x: number): number {
  const up = Number(x.toFixed(2)); // exact too, but ties go up
  const eighths = x * 8;
  if (!Number.isInteger(eighths) || eighths % 2 === 0) return up;
  // x.125 and x.625 (in magnitude) are ties whose even neighbour is the lower one.
  const part = Math.abs(eighths % 8);
  const low = part === 1 || part === 5;
  const size = Math.abs(x);
  const rounded = low ? Math.floor(size * 100) / 100 : Math.ceil(size * 100) / 100;
  return Math.sign(x) * rounded;
}

/** Share in percent, two decimals; 0 of 0 is 0, as the official tables print. Operations in the published order (utils/answering.py). */
export function percentOf(part: number, whole: number): number {
  return whole === 0 ? 0 : round2((part / whole) * 100);
}

/** As `percentOf`, for shares of all: the published code divides by a hundredth of the total. */
export function percentOfTotal(part: number, total: number): number {
  return total === 0 ? 0 : round2(part / (total / 100));
}
