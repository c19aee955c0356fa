/**
 * The upper bound by which most pairs are left out without their product, and its proof.
 *
 * Let x and y be embeddings of unit length, m any vector (the mean), x' = x - m, Q the basis (k orthonormal rows), u = Qx', and r = |x' - QᵀQx'|
 * what the basis does not hold of x'. Then
 *
 *   x·y = m·m + m·x' + m·y' + x'·y',    x'·y' = u·v + (x' - QᵀQx')·(y' - QᵀQy') <= u·v + r s           (Cauchy-Schwarz; v, s belong to y)
 *
 * u is kept as bytes p with a scale a, so that u = a p + e, and v as q with b, v = b q + f. Then
 *
 *   u·v = a b p·q + e·v + u·f - e·f <= a b p·q + E|v| + F|u| + E F,   E and F the largest |e| and |f| of all embeddings.
 *
 * r and s are one more byte of p and q, rounded up: both are not negative, so r s <= a b ceil(r/a) ceil(s/b). With P and Q the bytes and that one,
 *
 *   x·y <= a b P·Q + (m·x' + F|u|) + (m·y' + E|v|) + m·m + E F.
 *
 * A pair can reach the threshold t only if P·Q + B(x) + C(y) >= T, where B(x) = ceil((m·x' + F|u|) / ab), C(y) = ceil((m·y' + E|v|) / ab) and
 * T = floor((t - m·m - E F - slack) / ab). Rounding B and C up and T down keeps the bound. Bytes of y lie in 0 to 127 for the processor's sake: the
 * search keeps q + 64, and P·64 is taken off in B.
 *
 * What float32 adds: the computed u differs from Qx' by at most `projectionError` in length (each product of n terms, summed in lanes of four, is off by
 * (n/4 + 3) 2^-24 |x'|), which is added to E and F; r is computed from |x'|² - |u|², to whose square a margin is added before the root is taken; and the slack
 * covers the rounding of the float32 products with which the survivors are decided (and of the threshold), 1e-5 being ten times what is needed.
 */

/** Signed bytes of x reach 127, those of y 63: with 64 added they are 7 bits wide. */
const X_MOST = 127;
const Y_MOST = 63;
export const Y_SHIFT = 64;
/** Products of the filter are kept in 32-bit integers: below this scale a threshold would not fit. */
const LEAST = 0.01;
const SLACK = 1e-5;
/** Above what a limit may be; a row with it never survives. */
const NEVER = 0x3fffffff;

/** How far a computed projection may be from the true one, for vectors of length up to 2. */
export function projectionError(dims: number, size: number): number {
  return Math.sqrt(size) * (dims / 4 + 3) * 2 ** -24 * 2;
}

/** Length of what the basis does not hold, rounded up. @param square |x'|² @param held |u|² */
export function residual(square: number, held: number, dims: number, size: number): number {
  const margin = 4 * projectionError(dims, size) + 1e-6;
  return Math.sqrt(Math.max(0, square - held) + margin);
}

/** Scales of the two kinds of bytes. @param most the largest coordinate or residual of any embedding */
export function scalesOf(most: number): { readonly x: number; readonly y: number } {
  const reach = Math.max(most, LEAST) * (1 + 1e-6);
  return { x: reach / X_MOST, y: reach / Y_MOST };
}

/** Largest rounding errors of all embeddings (E and F of the proof). */
export interface Errors {
  readonly x: number;
  readonly y: number;
}

/** Numbers that the bound needs of one embedding beside its bytes. */
export interface RowFacts {
  /** m·x' */
  readonly along: number;
  /** |u| */
  readonly length: number;
  /** Sum of its signed bytes. */
  readonly sum: number;
}

/** B(x), with the shift of y's bytes taken off: what a row adds to the filter's integer. */
export function rowBias(row: RowFacts, scales: { x: number; y: number }, errors: Errors): number {
  return Math.ceil((row.along + errors.y * row.length) / (scales.x * scales.y)) - Y_SHIFT * row.sum;
}

/** C(y). */
export function columnBias(row: Omit<RowFacts, 'sum'>, scales: { x: number; y: number }, errors: Errors): number {
  return Math.ceil((row.along + errors.x * row.length) / (scales.x * scales.y));
}

/** T. @param meanSquare m·m */
export function limitOf(
  threshold: number,
  meanSquare: number,
  scales: { x: number; y: number },
  errors: Errors,
): number {
  const exact = (threshold - meanSquare - errors.x * errors.y - SLACK) / (scales.x * scales.y);
  return Math.max(-NEVER, Math.min(NEVER, Math.floor(exact)));
}
