/** Number formats of exported weights, by the names that transformers.js and the hub use. */
export const DTYPES = ['fp32', 'fp16', 'q8', 'int8', 'uint8', 'q4', 'q4f16', 'bnb4'] as const;
export type Dtype = (typeof DTYPES)[number];

/** What each adds to a session file's name. */
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

export function isDtype(text: string): text is Dtype {
  return (DTYPES as readonly string[]).includes(text);
}
