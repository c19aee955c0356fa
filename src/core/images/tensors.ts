import { valueTables, type Normalisation } from './normalise.ts';
import type { PlainTensor, Raster } from './types.ts';

/** Normalises RGB images of one size into float32 [dims..., 3, height, width] (channels first). `dims` must multiply to the number of images. */
export function stackImages(
  images: readonly Raster[],
  normalisation: Normalisation,
  dims: readonly number[],
): PlainTensor {
  const tables = valueTables(normalisation);
  const { height = 0, width = 0 } = images[0] ?? {};
  const plane = height * width;
  const data = new Float32Array(images.length * 3 * plane);
  images.forEach((image, n) => {
    for (let c = 0; c < 3; c++) {
      const table = tables[c] ?? new Float32Array(256);
      const out = data.subarray((n * 3 + c) * plane, (n * 3 + c + 1) * plane);
      for (let i = 0, from = c; i < plane; i++, from += 3) out[i] = table[image.data[from] ?? 0] ?? 0;
    }
  });
  return { type: 'float32', dims: [...dims, 3, height, width], data };
}

export function int64(values: readonly number[], dims: readonly number[]): PlainTensor {
  return { type: 'int64', dims, data: BigInt64Array.from(values, BigInt) };
}
