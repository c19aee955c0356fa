import { Tensor, type InferenceSession } from 'onnxruntime-web/webgpu';
import { fault, FaultError } from '../../../src/core/fault.ts';
import type { ProcessedImage } from '../../../src/core/images/types.ts';
import { numberAt } from '../../../src/core/json.ts';
import { floatTensor, floatType, int64 } from '../../onnx/tensors.ts';
import { featuresOf } from '../../onnx/vision.ts';
import { embedsOf, firstRows } from './embeds.ts';
import type { MakeLayout } from './layout.ts';
import { remembered } from './remembered.ts';

/**
 * Janus: prepare_inputs_embeds sees images and embeds a text, and puts the rows of the images in the places that a mask names (deepseek-ai/Janus,
 * modeling_vlm.py, `prepare_inputs_embeds`). Asked for image tokens alone it gives the rows of their image. A text is asked for with no image, as in the
 * later steps of transformers.js; on WebGPU, whose operators take no empty batch, with a blank image behind it, and each token once.
 */
export const multiModality: MakeLayout = ({ embed: session, decoder }, files, device) => {
  const perImage = numberAt(files.processor, ['num_image_tokens'], 576);
  const blank = device === 'webgpu' ? 1 : 0;
  const dims = pictureDims(session);
  const empty = new Float32Array(blank * dims.reduce((a, b) => a * b, 1));
  return {
    see: async (image) => {
      const outputs = await prepare(session, [], pixelsOf(image), [1, ...pixelDims(image)], perImage);
      return featuresOf(outputs, session.outputNames, image, 'inputs_embeds');
    },
    embed: remembered(floatType(decoder, 'inputs_embeds'), async (ids) => {
      const outputs = await prepare(session, ids, empty, [blank, blank, ...dims], blank * perImage);
      return firstRows(embedsOf(session, outputs), ids.length);
    }),
  };
};

/**
 * One run for a text with an image, or none, behind it.
 * @param rows of the image
 */
function prepare(
  session: InferenceSession,
  ids: readonly number[],
  pixels: Float32Array,
  dims: readonly number[],
  rows: number,
): Promise<InferenceSession.OnnxValueMapType> {
  // Whatever ids stand where the image does.
  const all = [...ids, ...new Array<number>(rows).fill(0)];
  return session.run({
    input_ids: int64(all, [1, all.length]),
    pixel_values: floatTensor(pixels, dims, floatType(session, 'pixel_values')),
    images_seq_mask: flags(
      all.map((_, i) => i >= ids.length),
      [1, all.length],
    ),
    images_emb_mask: flags(new Array<boolean>(rows).fill(true), [1, 1, rows]),
  });
}

function pixelsOf({ tensors }: ProcessedImage): Float32Array {
  const pixels = tensors['pixel_values'];
  if (pixels?.type === 'float32') return pixels.data;
  throw new FaultError(fault('internal', 'An image for prepare_inputs_embeds was prepared without pixels.'));
}

const pixelDims = ({ tensors }: ProcessedImage): readonly number[] => tensors['pixel_values']?.dims ?? [];

/** [channels, height, width] of a picture, as the graph says; those of Janus-Pro where it does not. */
function pictureDims(session: InferenceSession): readonly number[] {
  const meta = session.inputMetadata.find((m) => m.name === 'pixel_values');
  const given = meta?.isTensor ? meta.shape.slice(-3) : [];
  return [3, 384, 384].map((usual, i) => {
    const d = given[i];
    return typeof d === 'number' ? d : usual;
  });
}

function flags(values: readonly boolean[], dims: readonly number[]): Tensor {
  return new Tensor('bool', Uint8Array.from(values, Number), dims);
}
