import { numberAt } from '../../../src/core/json.ts';
import { floatTensor, floatType, int64 } from '../../onnx/tensors.ts';
import { encodeImage } from '../../onnx/vision.ts';
import { embedsOf, firstRows } from './embeds.ts';
import type { MakeLayout } from './layout.ts';

/**
 * Phi-3-vision: prepare_inputs_embeds puts rows of features where ids are negative. The ids here never are, so that it embeds text with no rows at all, as
 * in the later steps of transformers.js; the rows of an image are put in their places behind it. WebGPU, whose operators take no empty tensor, is given
 * one row for one more token.
 */
export const phi3v: MakeLayout = ({ vision, embed: session, decoder }, files, device) => {
  const more = device === 'webgpu' ? 1 : 0;
  const features = floatType(session, 'image_features');
  const taken = floatType(decoder, 'inputs_embeds');
  const meta = session.inputMetadata.find((m) => m.name === 'image_features');
  const last = meta?.isTensor ? meta.shape.at(-1) : undefined;
  const width = typeof last === 'number' ? last : numberAt(files.config, ['hidden_size'], 0);
  return {
    see: (image) => encodeImage(vision, image),
    embed: async (ids) => {
      const outputs = await session.run({
        input_ids: int64([...ids, ...new Array<number>(more).fill(-1)], [1, ids.length + more]),
        image_features: floatTensor(new Float32Array(more * width), [more, width], features),
      });
      const rows = await firstRows(embedsOf(session, outputs), ids.length);
      return { inputs_embeds: floatTensor(rows, [1, ids.length, width], taken) };
    },
  };
};
