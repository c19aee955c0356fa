/** An 8-bit image, interleaved, row-major: data.length = width * height * channels. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array;
}

/** How pixels are made; recorded with every result (run.json, `pixels`). */
export interface PixelPolicy {
  /** Order of the two resize passes: Pillow up to 12 and torchvision go horizontally first; Pillow 13 by its own rule. */
  readonly passOrder: 'horizontal-first' | 'pillow13';
  readonly exif: 'apply' | 'ignore';
  readonly alpha: 'drop' | 'white';
}
export const DEFAULT_PIXEL_POLICY: PixelPolicy = { passOrder: 'horizontal-first', exif: 'apply', alpha: 'drop' };

/** A tensor as plain data, so that it can cross a worker boundary by transfer. */
export type PlainTensor =
  | { readonly type: 'float32'; readonly dims: readonly number[]; readonly data: Float32Array }
  | { readonly type: 'int64'; readonly dims: readonly number[]; readonly data: BigInt64Array }
  | { readonly type: 'bool'; readonly dims: readonly number[]; readonly data: Uint8Array };

/** What prompt expansion and positions need to know of a processed image; follows from its size alone. */
export interface ImageLayout {
  /** Tiles sent to the vision encoder (global image included); 1 where the family has no tiles. */
  readonly tiles: number;
  /** Tile rows and columns (idefics3, smolvlm, lfm2_vl); 0 and 0 when the image is not split. */
  readonly rows: number;
  readonly cols: number;
  /** Patch grid [t, h, w] before merging (Qwen-VL families), [1, h, w] patches elsewhere where a family needs it; null where it does not. */
  readonly grid: readonly [number, number, number] | null;
  /** Image tokens the image becomes, where the processor alone decides it (qwen: t*h*w/merge^2); null where the family decides. */
  readonly tokens: number | null;
}

/** One image, ready for the vision session. Tensor names are the session's own input names. */
export interface ProcessedImage {
  readonly tensors: Readonly<Record<string, PlainTensor>>;
  readonly layout: ImageLayout;
  /** Short codes for the record, such as "transparent-image", "orientation-applied". */
  readonly notes: readonly string[];
  /** Size after decoding and orientation, before the processor. */
  readonly width: number;
  readonly height: number;
}
