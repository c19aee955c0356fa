/** How bytes become numbers; each step is left out where its part is null, as `do_rescale` and `do_normalize` say. */
export interface Normalisation {
  readonly rescale: number | null;
  readonly mean: readonly number[] | null;
  readonly std: readonly number[] | null;
}

/**
 * The number that each byte becomes, one table of 256 for each of three channels; float32 bits as NumPy gives them:
 * x = float32(float64(v) * factor); y = float32(float32(x - mean) / std) (transformers image_transforms.py: rescale, normalize).
 */
export function valueTables(n: Normalisation): readonly [Float32Array, Float32Array, Float32Array] {
  const table = (c: number): Float32Array => {
    const out = new Float32Array(256);
    for (let v = 0; v < 256; v++) {
      let x = Math.fround(n.rescale === null ? v : v * n.rescale);
      if (n.mean && n.std) x = Math.fround(Math.fround(x - Math.fround(n.mean[c] ?? 0)) / Math.fround(n.std[c] ?? 1));
      out[v] = x;
    }
    return out;
  };
  return [table(0), table(1), table(2)];
}
