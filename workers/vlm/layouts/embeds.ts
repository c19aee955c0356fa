import type { InferenceSession, Tensor } from 'onnxruntime-web/webgpu';
import { fault, FaultError } from '../../../src/core/fault.ts';
import { floats } from '../../onnx/tensors.ts';

/** The embeddings among what a session gave: those of the usual name, or its first output. */
export function embedsOf(session: InferenceSession, outputs: Readonly<Record<string, Tensor>>): Tensor {
  const found = outputs['inputs_embeds'] ?? outputs[session.outputNames[0] ?? ''];
  if (!found) throw new FaultError(fault('unsupported', 'The embedding session gives no embeddings.'));
  return found;
}

/** The first `count` rows of embeddings as float32 [count, width]; the tensor is disposed. */
export async function firstRows(embeds: Tensor, count: number): Promise<Float32Array> {
  const rows = (await floats(embeds)).slice(0, count * (embeds.dims.at(-1) ?? 0));
  embeds.dispose();
  return rows;
}
