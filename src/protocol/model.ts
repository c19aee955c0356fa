/** How a worker reaches a model's files. Blobs cross a worker boundary as handles, not as bytes. */
export type ModelSource =
  | {
      /** Files under a URL of this page's own origin. */
      readonly kind: 'served';
      readonly base: string;
      readonly files: readonly { readonly path: string; readonly size: number }[];
    }
  | {
      /** Files kept in IndexedDB, each as consecutive parts. */
      readonly kind: 'blobs';
      readonly files: readonly { readonly path: string; readonly size: number; readonly parts: readonly Blob[] }[];
    };

export const DTYPES = ['fp32', 'fp16', 'q8', 'int8', 'uint8', 'q4', 'q4f16', 'bnb4'] as const;
export type Dtype = (typeof DTYPES)[number];
export const DTYPE_SUFFIX: Readonly<Record<Dtype, string>> = {
  fp32: '',
  fp16: '_fp16',
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
};
/** Session file (without suffix and ending) to dtype: `{decoder_model_merged: 'q4', vision_encoder: 'fp16'}`. */
export type DtypeMap = Readonly<Record<string, Dtype>>;
export type Device = 'webgpu' | 'wasm';
