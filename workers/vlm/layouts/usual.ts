import { fault, FaultError } from '../../../src/core/fault.ts';
import { int64 } from '../../onnx/tensors.ts';
import { encodeImage } from '../../onnx/vision.ts';
import type { MakeLayout } from './layout.ts';

/** vision_encoder, embed_tokens and decoder_model_merged, each for itself. */
export const usual: MakeLayout = ({ vision, embed }) => ({
  see: (image) => encodeImage(vision, image),
  embed: async (ids) => {
    const outputs = await embed.run({ input_ids: int64(ids, [1, ids.length]) });
    const inputs_embeds = outputs['inputs_embeds'] ?? outputs[embed.outputNames[0] ?? ''];
    if (!inputs_embeds) throw new FaultError(fault('unsupported', 'The embedding session gives no embeddings.'));
    return { ...outputs, inputs_embeds };
  },
});
