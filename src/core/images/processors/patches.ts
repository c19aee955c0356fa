import { valueTables, type Normalisation } from '../normalise.ts';
import type { PlainTensor, Raster } from '../types.ts';

/** Pictures as rows of pixels of patches, padded with zeros to one number of patches: `least`, or more where a picture has more. */
export interface PatchRows {
  /** float32 [pictures, patches, patch * patch * 3], each patch in the order (y, x, channel). */
  readonly pixels: PlainTensor;
  /** 1 for patches that are there, 0 for padding. */
  readonly mask: readonly number[];
  /** Rows and columns of patches of each picture. */
  readonly shapes: readonly (readonly [number, number])[];
}

/** Patches with channels last, as SigLIP 2, LFM2-VL and Gemma 4 take them (convert_image_to_patches, pad_along_first_dim). */
export function pixelRows(
  pictures: readonly Raster[],
  patch: number,
  least: number,
  normalisation: Normalisation,
): PatchRows {
  const count = (p: Raster): number => Math.floor(p.height / patch) * Math.floor(p.width / patch);
  const length = Math.max(least, ...pictures.map(count));
  const tables = valueTables(normalisation);
  const width = patch * patch * 3;
  const data = new Float32Array(pictures.length * length * width);
  const mask: number[] = [];
  const shapes = pictures.map((picture, n) => {
    const rows = Math.floor(picture.height / patch);
    const cols = Math.floor(picture.width / patch);
    for (let i = 0; i < length; i++) mask.push(i < rows * cols ? 1 : 0);
    for (let i = 0; i < rows * cols; i++) {
      const out = data.subarray((n * length + i) * width, (n * length + i + 1) * width);
      copyPatch(picture, Math.floor(i / cols) * patch, (i % cols) * patch, patch, tables, out);
    }
    return [rows, cols] as const;
  });
  return { pixels: { type: 'float32', dims: [pictures.length, length, width], data }, mask, shapes };
}

function copyPatch(
  image: Raster,
  top: number,
  left: number,
  patch: number,
  tables: readonly Float32Array[],
  out: Float32Array,
): void {
  for (let y = 0, to = 0; y < patch; y++) {
    let from = ((top + y) * image.width + left) * 3;
    for (let x = 0; x < patch * 3; x++) out[to++] = tables[x % 3]?.[image.data[from++] ?? 0] ?? 0;
  }
}
