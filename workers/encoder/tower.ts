import { towerOf } from '../../src/core/discovery/encoders.ts';
import { fault, FaultError, ok, orThrow } from '../../src/core/fault.ts';
import { meanFeature } from '../../src/core/images/mean-feature.ts';
import type { EncoderLoadRequest } from '../../src/protocol/encoder.ts';
import type { ModelFiles } from '../onnx/files.ts';
import { encodeImage } from '../onnx/vision.ts';
import { makeSession, processorFiles } from './graph.ts';
import type { OpenedEncoder } from './opened.ts';

/**
 * The vision tower of a vision-language model: an image is embedded as the mean of the features that the model's decoder is given for it, which is
 * also how a run says how alike two images are to the model (docs/pairs.md).
 */
export async function openTower(
  files: ModelFiles,
  config: unknown,
  request: EncoderLoadRequest,
): Promise<OpenedEncoder> {
  const { type, file } = orThrow(towerOf(config, files.paths()));
  const session = await makeSession(files, file, request);
  return {
    kind: `vision tower of ${type}`,
    file,
    processor: await processorFiles(files, config),
    batches: false,
    check: ok,
    async run(images) {
      const rows: Float32Array<ArrayBuffer>[] = [];
      for (const image of images) {
        const mean = meanFeature(await encodeImage(session, image));
        if (mean === null)
          throw new FaultError(fault('unsupported', 'The vision tower gives features without a direction.'));
        rows.push(Float32Array.from(mean));
      }
      return rows;
    },
  };
}
