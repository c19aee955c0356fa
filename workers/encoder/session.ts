import { Tensor, type InferenceSession } from 'onnxruntime-web/webgpu';
import { encoderOf, sessionFile, type EncoderKind } from '../../src/core/discovery/encoders.ts';
import { DTYPE_SUFFIX } from '../../src/core/models/dtypes.ts';
import { fail, fault, FaultError, ok, orThrow, type Result } from '../../src/core/fault.ts';
import type { ProcessedImage } from '../../src/core/images/types.ts';
import type { EncoderLoadRequest } from '../../src/protocol/encoder.ts';
import { openFiles, type ModelFiles } from '../onnx/files.ts';
import { floats } from '../onnx/tensors.ts';
import { makeSession, processorFiles } from './graph.ts';
import type { OpenedEncoder } from './opened.ts';
import { openTower } from './tower.ts';

/** Reads a folder and makes the session that embeds images. The realm must have been configured (workers/onnx/runtime.ts). */
export async function openEncoder(request: EncoderLoadRequest): Promise<OpenedEncoder> {
  const files = openFiles(request.source);
  const config = await files.json('config.json');
  if (config === null)
    throw new FaultError(fault('bad-model', "The encoder's folder has no config.json. Bring the whole folder."));
  return request.part === 'vision-tower' ? openTower(files, config, request) : openOwn(files, config, request);
}

/** A folder that is an encoder. */
async function openOwn(files: ModelFiles, config: unknown, request: EncoderLoadRequest): Promise<OpenedEncoder> {
  const kind = orThrow(encoderOf(config, files.paths()));
  const file = orThrow(sessionFile(kind, files.paths()));
  const session = await makeSession(files, file, request);
  const output = outputOf(kind, session.outputNames);
  const input = session.inputNames.includes('pixel_values') ? 'pixel_values' : session.inputNames[0];
  if (input === undefined) throw new FaultError(fault('bad-model', `${file} takes no input.`));
  const others = feedsBeside(session, input);
  // In 8 bits an embedding would depend on the pictures beside it: one scale rounds them all.
  const batches = !file.endsWith(`${DTYPE_SUFFIX.q8}.onnx`) && takesSeveral(session, input);

  async function together(pictures: readonly Picture[]): Promise<readonly Float32Array<ArrayBuffer>[]> {
    const [{ height, width } = { height: 0, width: 0 }] = pictures;
    const data = new Float32Array(pictures.length * 3 * height * width);
    pictures.forEach((p, i) => data.set(p.data, i * 3 * height * width));
    const tensor = new Tensor('float32', data, [pictures.length, 3, height, width]);
    const outputs = await session.run({ [input ?? '']: tensor, ...others() });
    const found = outputs[output.name];
    if (!found) throw new FaultError(fault('unsupported', `The encoder gave no output ${output.name}.`));
    const rows = rowsOf(await floats(found), found.dims, pictures.length, output.take);
    for (const t of Object.values(outputs)) t.dispose();
    tensor.dispose();
    return rows;
  }

  return {
    kind: kind.name,
    file,
    processor: await processorFiles(files, config),
    batches,
    check: (image) => {
      const picture = pictureOf(image);
      return picture.ok ? ok(image) : picture;
    },
    /** Pictures of one size go together where the graph takes several. */
    async run(images) {
      const pictures = images.map((image) => orThrow(pictureOf(image)));
      const [first] = pictures;
      if (!first) return [];
      if (batches && pictures.every((p) => p.height === first.height && p.width === first.width))
        return together(pictures);
      const rows: Float32Array<ArrayBuffer>[] = [];
      for (const picture of pictures) rows.push(...(await together([picture])));
      return rows;
    },
  };
}

interface Picture {
  readonly data: Float32Array;
  readonly height: number;
  readonly width: number;
}

function pictureOf(image: ProcessedImage): Result<Picture> {
  const tensor = image.tensors['pixel_values'];
  const [height, width] = tensor?.dims.slice(-2) ?? [];
  if (tensor?.type !== 'float32' || !height || !width || tensor.data.length !== 3 * height * width)
    return fail(fault('unsupported', "The encoder's image processor makes more than one picture of an image."));
  return ok({ data: tensor.data, height, width });
}

/** CLIP exports that hold both towers also want text; one empty token serves, for the image's embedding does not depend on it. */
function feedsBeside(session: InferenceSession, input: string): () => Record<string, Tensor> {
  const others = session.inputNames.filter((n) => n !== input);
  const unknown = others.find((n) => n !== 'input_ids' && n !== 'attention_mask');
  if (unknown !== undefined)
    throw new FaultError(
      fault('unsupported', `The encoder wants an input named ${unknown}, which Lookalike cannot make.`, {
        input: unknown,
      }),
    );
  return () => Object.fromEntries(others.map((n) => [n, new Tensor('int64', BigInt64Array.from([1n]), [1, 1])]));
}

function outputOf(kind: EncoderKind, names: readonly string[]): EncoderKind['outputs'][number] {
  const found = kind.outputs.find((o) => names.includes(o.name));
  if (found) return found;
  const wanted = kind.outputs.map((o) => o.name).join(' or ');
  throw new FaultError(
    fault(
      'unsupported',
      `The encoder gives ${names.join(', ')}, and an embedding of ${kind.name} is read from ${wanted}. Export it with that output.`,
      { outputs: names.join(', ') },
    ),
  );
}

function takesSeveral(session: InferenceSession, input: string): boolean {
  const meta = session.inputMetadata.find((m) => m.name === input);
  return meta?.isTensor === true && typeof meta.shape[0] === 'string';
}

function rowsOf(
  data: Float32Array,
  dims: readonly number[],
  count: number,
  take: 'all' | 'first-token',
): readonly Float32Array<ArrayBuffer>[] {
  const width = dims.at(-1) ?? 0;
  const each = data.length / count;
  const wrong = take === 'all' ? each !== width : dims.length !== 3 || each < width;
  if (wrong || width < 1)
    throw new FaultError(
      fault('unsupported', `The encoder's output has the shape [${dims.join(', ')}], which is no embedding an image.`),
    );
  return Array.from({ length: count }, (_, i) => data.slice(i * each, i * each + width));
}
