import { Tensor, type InferenceSession } from 'onnxruntime-web/webgpu';
import { fault, FaultError } from '../../src/core/fault.ts';
import { numberAt } from '../../src/core/json.ts';
import { queryRows } from '../../src/core/models/families/blip.ts';
import type { FeatureData } from '../../src/protocol/engine.ts';
import { rowsOf } from '../language/forest.ts';
import { floats, int64 } from '../onnx/tensors.ts';
import type { OpenedModel } from './load.ts';

/** The images as prompts show them: with the rows of the Q-Former, before it has read them, where the model has one. */
export function asShown(model: OpenedModel, images: readonly FeatureData[]): readonly FeatureData[] {
  const { family, files } = model;
  if (family.sees !== 'read') return images;
  const rows = queryRows(files);
  return images.map((f) => ({ ...f, rows }));
}

/** How many image tokens a prompt with these images (as shown) holds. */
export function imageTokens(model: OpenedModel, images: readonly FeatureData[]): number {
  return model.family.sees === 'states' ? images.length : rowsOf(images);
}

/**
 * The rows of a Q-Former that reads images and instruction together.
 * @param images as the vision session gave them
 */
export async function readImages(
  model: OpenedModel,
  images: readonly FeatureData[],
  instruction: string,
): Promise<readonly FeatureData[]> {
  const { reader, sessions, files } = model;
  if (reader === null || sessions.encoder === null)
    throw new FaultError(
      fault(
        'bad-model',
        'The model folder lacks encoder_model or qformer_tokenizer.json, with which this model reads the question. Export it again with tools/export.',
      ),
    );
  const ids = reader.encodeWhole(instruction);
  const most = numberAt(files.config, ['qformer_config', 'max_position_embeddings'], 512);
  if (ids.length > most)
    throw new FaultError(
      fault(
        'bad-prompt',
        `The question has ${ids.length} tokens where the Q-Former of this model takes ${most}. Shorten it.`,
      ),
    );
  const out: FeatureData[] = [];
  for (const image of images) {
    const outputs = await sessions.encoder.run({
      image_features: new Tensor('float32', image.data, [1, image.rows, image.width]),
      input_ids: int64(ids, [1, ids.length]),
    });
    const made = outputs['query_features'] ?? outputs[sessions.encoder.outputNames[0] ?? ''];
    if (!made) throw new FaultError(fault('unsupported', 'The Q-Former gives no features.'));
    const width = made.dims.at(-1) ?? 0;
    const data = (await floats(made)).slice();
    made.dispose();
    out.push({ ...image, rows: data.length / width, width, data });
  }
  return out;
}

/** What the decoder takes of an image beside the tokens, by name; where there is no image, states that the decoder passes over. */
export function statesOf(decoder: InferenceSession, images: readonly FeatureData[]): Readonly<Record<string, Tensor>> {
  if (images.length > 1)
    throw new FaultError(
      fault('bad-prompt', 'This model sees one image: use a prompt set without examples that show images.'),
    );
  const feeds: Record<string, Tensor> = {};
  for (const meta of decoder.inputMetadata) {
    if (!meta.name.startsWith('cross_') || meta.name === 'cross_attention_mask' || !meta.isTensor) continue;
    const held = images[0]?.extra[meta.name];
    // One state that belongs to no tile; a mark below 0 says that there is no picture (tools/export/families/mllama.py).
    const dims = held ? held.dims : meta.shape.map((d) => (typeof d === 'number' ? d : 1));
    const size = dims.reduce((a, b) => a * b, 1);
    const empty = (): Float32Array => new Float32Array(size).fill(meta.name === 'cross_tiles' ? -1 : 0);
    feeds[meta.name] = new Tensor('float32', held ? held.data : empty(), dims);
  }
  return feeds;
}
