/**
 * Linear interpolation between order statistics (numpy's default).
 * @param sorted ascending, at least one value
 * @param q from 0 to 1
 */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const at = (sorted.length - 1) * q;
  const low = Math.floor(at);
  const a = sorted[low] ?? 0;
  return a + ((sorted[low + 1] ?? a) - a) * (at - low);
}
