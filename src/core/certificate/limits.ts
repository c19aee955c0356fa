/**
 * How far two right computations of the same log-probability may lie apart: the limits are those of the arithmetic, not of what would still choose
 * the same answer. On the demo the broken attention kernels move GD by 0.03 to 0.17 and change no choice, so anything laxer would pass them.
 * fp32: 1e-3 (measured 1e-5). 4- and 8-bit weights compute in fp32 too, but WASM may quantise activations (accuracy level 4). fp16: half precision
 * through all layers.
 */
const LIMITS: Readonly<Record<string, number>> = {
  fp32: 1e-3,
  q4: 5e-3,
  bnb4: 5e-3,
  q8: 5e-3,
  int8: 5e-3,
  uint8: 5e-3,
  fp16: 2e-2,
  q4f16: 2e-2,
};

/** The limit for a model whose files have these dtypes: that of the coarsest. */
export function logprobLimit(dtypes: Readonly<Record<string, string>>): number {
  return Object.values(dtypes).reduce((most, d) => Math.max(most, LIMITS[d] ?? 1e-3), 0);
}
