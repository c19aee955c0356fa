/**
 * An image as one vector: the mean of the features that the model's decoder is given for it, of unit length.
 * @param data [rows, width], row by row: one row an image token
 * @returns [width]; null where there is no token, or the mean has no direction
 */
export function meanFeature({
  data,
  rows,
  width,
}: {
  readonly data: Float32Array;
  readonly rows: number;
  readonly width: number;
}): Float32Array | null {
  const sums = new Float64Array(width);
  for (let r = 0; r < rows; r++) for (let c = 0; c < width; c++) sums[c] = (sums[c] ?? 0) + (data[r * width + c] ?? 0);
  const length = Math.hypot(...sums);
  return Number.isFinite(length) && length > 0 ? Float32Array.from(sums, (s) => s / length) : null;
}
