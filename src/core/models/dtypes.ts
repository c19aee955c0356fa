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

/** Formats whose activations are rounded to 8 bits as they come, by one scale for all that a run computes (DynamicQuantizeLinear, MatMulInteger). */
const EIGHT_BITS: ReadonlySet<string> = new Set<Dtype>(['q8', 'int8', 'uint8']);
/** Sessions whose runs hold the same numbers every time: one image, or rows that are looked up. */
const ONE_AT_A_TIME: ReadonlySet<string> = new Set(['vision_encoder', 'embed_tokens', 'prepare_inputs_embeds']);

/**
 * Whether what the model computes for a token depends on the tokens that are computed with it, because its language part is in 8 bits: each sequence then
 * takes a run of its own (docs/certificate.md, "8 bits").
 */
export function scaledByRun(dtype: Readonly<Record<string, string>>): boolean {
  return Object.entries(dtype).some(([session, d]) => EIGHT_BITS.has(d) && !ONE_AT_A_TIME.has(session));
}

export function isDtype(text: string): text is Dtype {
  return (DTYPES as readonly string[]).includes(text);
}
