import { Tensor, type InferenceSession } from 'onnxruntime-web/webgpu';
import { fault, FaultError } from '../../src/core/fault.ts';
import type { ProcessedImage } from '../../src/core/images/types.ts';
import type { FeatureData } from '../../src/protocol/engine.ts';
import { floats, floatType, fromPlain } from './tensors.ts';

/** Names under which exports take the same tensor (docs/runtime.md, "Layout of a model folder"). */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  grid_thw: ['image_grid_thw'],
  image_grid_thw: ['grid_thw'],
  pixel_position_ids: ['image_position_ids'],
};

/** Runs the vision session once for one image. The features are plain numbers, so that they can cross to the page and be kept. */
export async function encodeImage(session: InferenceSession, image: ProcessedImage): Promise<FeatureData> {
  const feeds: Record<string, Tensor> = {};
  for (const name of session.inputNames) {
    const key = [name, ...(ALIASES[name] ?? [])].find((k) => image.tensors[k] !== undefined);
    const plain = key === undefined ? undefined : image.tensors[key];
    if (!plain)
      throw new FaultError(
        fault('unsupported', `The vision encoder wants an input named ${name}, which Lookalike cannot make.`, {
          input: name,
        }),
      );
    feeds[name] = halfIfWanted(fromPlain(plain), session, name);
  }
  return featuresOf(await session.run(feeds), session.outputNames, image, 'image_features');
}

/**
 * What a session gave for one image as plain numbers.
 * @param names of its outputs
 * @param rows the output that holds the rows of features, or the first where there is none of the name
 */
export async function featuresOf(
  outputs: Readonly<Record<string, Tensor>>,
  names: readonly string[],
  image: ProcessedImage,
  rows: string,
): Promise<FeatureData> {
  const main = outputs[rows] ?? outputs[names[0] ?? ''];
  if (!main) throw new FaultError(fault('unsupported', 'The vision encoder gives no image features.'));
  const width = main.dims.at(-1) ?? 0;
  const data = (await floats(main)).slice();
  requireFinite(data);
  const extra: Record<string, { dims: readonly number[]; data: Float32Array }> = {};
  for (const name of names) {
    const t = outputs[name];
    if (!t || t === main) continue;
    if (t.type === 'float32' || t.type === 'float16')
      extra[name] = { dims: [...t.dims], data: (await floats(t)).slice() };
    t.dispose();
  }
  main.dispose();
  return { rows: data.length / width, width, data, layout: image.layout, notes: image.notes, extra };
}

function halfIfWanted(t: Tensor, session: InferenceSession, name: string): Tensor {
  if (t.type !== 'float32' || floatType(session, name) === 'float32') return t;
  const Half = (globalThis as { Float16Array?: { from(x: ArrayLike<number>): ArrayBufferView } }).Float16Array;
  if (!Half)
    throw new FaultError(
      fault(
        'unsupported',
        'This browser has no half-precision numbers, which the vision encoder takes. Choose another dtype for vision_encoder.',
      ),
    );
  const data = Half.from(t.data as Float32Array);
  return new Tensor('float16', data as unknown as Uint16Array, t.dims);
}

/** A vision encoder that overflows (fp16) must be noticed here, where the reason can still be named. */
function requireFinite(data: Float32Array): void {
  for (const x of data)
    if (!Number.isFinite(x))
      throw new FaultError(
        fault(
          'device-wrong',
          'The vision encoder gave numbers that are not finite: this dtype overflows on this device. Choose fp32 or q4 for vision_encoder.',
        ),
      );
}
