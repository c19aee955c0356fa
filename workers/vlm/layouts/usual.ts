import { int64 } from '../../onnx/tensors.ts';
import { encodeImage } from '../../onnx/vision.ts';
import { embedsOf } from './embeds.ts';
import type { MakeLayout } from './layout.ts';

/** vision_encoder, embed_tokens and decoder_model_merged, each for itself. */
export const usual: MakeLayout = ({ vision, embed }) => ({
  see: (image) => encodeImage(vision, image),
  embed: async (ids) => {
    const outputs = await embed.run({ input_ids: int64(ids, [1, ids.length]) });
    return { ...outputs, inputs_embeds: embedsOf(embed, outputs) };
  },
});
