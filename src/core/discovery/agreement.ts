/** How alike the embeddings of a device must be to those of WASM. */
export const COSINE_LIMIT = 0.9999;

/** Cosine of two embeddings, in float64; 0 where one has no direction. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] ?? 0, b[i] ?? 0];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 && a.length === b.length ? ab / Math.sqrt(aa * bb) : 0;
}

/** The lowest of some cosines; null where there are none. */
export function lowestCosine(cosines: readonly number[]): number | null {
  return cosines.length === 0 ? null : cosines.reduce((a, b) => Math.min(a, b));
}
