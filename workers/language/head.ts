import type { InferenceSession, Tensor } from 'onnxruntime-web/webgpu';
import { fault, FaultError } from '../../src/core/fault.ts';
import { floats, floatTensor, floatType } from '../onnx/tensors.ts';

/**
 * Logits [1, rows, vocabulary] of the last `keep` tokens of a decoder's run, from its outputs. Takes the hidden states among them away.
 * @throws FaultError 'unsupported' where the outputs hold no hidden states
 */
export type Head = (outputs: Readonly<Record<string, Tensor>>, keep: number) => Promise<Tensor | undefined>;

/** The head of a model that has its output matrix in a session of its own, which takes hidden states [1, rows, width]. Only the rows that are kept go through it. */
export function createHead(session: InferenceSession): Head {
  const input = session.inputNames[0] ?? '';
  const type = floatType(session, input);
  return async (outputs, keep) => {
    const name = input in outputs ? input : Object.keys(outputs).find((n) => !n.startsWith('present'));
    const hidden = name === undefined ? undefined : outputs[name];
    if (hidden?.dims.length !== 3)
      throw new FaultError(fault('unsupported', 'The language model gives no hidden states [1, tokens, width].'));
    const [, rows = 0, width = 0] = hidden.dims;
    const count = Math.min(keep, rows);
    const kept = (await floats(hidden)).slice((rows - count) * width);
    hidden.dispose();
    const made = await session.run({ [input]: floatTensor(kept, [1, count, width], type) });
    return made['logits'] ?? made[session.outputNames[0] ?? ''];
  };
}
