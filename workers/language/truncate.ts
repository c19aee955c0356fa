import { Tensor } from 'onnxruntime-web/webgpu';
import { byteLength } from '../onnx/tensors.ts';
import { makeState, type State } from './decoder.ts';

/**
 * The state as it was after fewer tokens: keys and values are cut to the first `length` positions, copied, so that both states live on by themselves.
 * @param device where keys and values in GPU buffers lie; null: none do
 * @returns null where the state holds more than keys and values (recurrent states cannot be turned back)
 */
export function truncateState(state: State, length: number, device: GPUDevice | null): State | null {
  const tensors = new Map<string, Tensor>();
  for (const [name, t] of state.tensors) {
    const [batch, , positions] = t.dims;
    const cut = t.dims.length === 4 && batch === 1 && positions === state.length ? cutTensor(t, length, device) : null;
    if (cut === null) {
      for (const made of tensors.values()) made.dispose();
      return null;
    }
    tensors.set(name, cut);
  }
  return makeState(length, tensors);
}

/** Keys or values [1, heads, positions, width] cut to their first positions. */
function cutTensor(t: Tensor, length: number, device: GPUDevice | null): Tensor | null {
  const [, heads = 0, positions = 0, width = 0] = t.dims;
  const dims = [1, heads, length, width];
  if (t.location === 'cpu' || t.location === 'cpu-pinned') {
    const { data } = t;
    if (!(data instanceof Float32Array || data instanceof Uint16Array)) return null;
    const out =
      data instanceof Float32Array ? new Float32Array(heads * length * width) : new Uint16Array(heads * length * width);
    for (let h = 0; h < heads; h++) {
      const from = h * positions * width;
      out.set(data.subarray(from, from + length * width), h * length * width);
    }
    return out instanceof Float32Array ? new Tensor('float32', out, dims) : new Tensor('float16', out, dims);
  }
  if (t.location !== 'gpu-buffer' || device === null || (t.type !== 'float32' && t.type !== 'float16')) return null;
  const element = byteLength(t) / t.size;
  const [source, target] = [positions * width * element, length * width * element];
  if (source % 4 !== 0 || target % 4 !== 0) return null;
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  // The runtime binds buffers in steps of 16 bytes.
  const buffer = device.createBuffer({ size: Math.ceil((heads * target) / 16) * 16, usage });
  const encoder = device.createCommandEncoder();
  for (let h = 0; h < heads; h++) encoder.copyBufferToBuffer(t.gpuBuffer, h * source, buffer, h * target, target);
  device.queue.submit([encoder.finish()]);
  return Tensor.fromGpuBuffer(buffer, { dataType: t.type, dims, dispose: () => buffer.destroy() });
}
