/** Weights that a text model's kernels compute on a GPU with shader-f16 only. */
const NEEDS_HALF: ReadonlySet<string> = new Set(['fp16', 'q4f16']);

/**
 * The dtypes of a kept text model that this device can run.
 * @param have of onnx/model
 * @param half the GPU has shader-f16
 */
export function judgeDtypes(have: readonly string[], half: boolean): readonly string[] {
  return have.filter((d) => half || !NEEDS_HALF.has(d));
}
