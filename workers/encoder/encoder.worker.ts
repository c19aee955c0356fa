import { expose } from 'comlink';
import type { EncoderApi } from '../../src/protocol/encoder.ts';
import { guarded } from '../guarded.ts';
import { holdLife } from '../life.ts';
import { createGpuMeter } from '../onnx/gpu.ts';
import { checkOperators } from '../onnx/operators.ts';
import { createEncoder, type Encoder } from './encoder.ts';

function serve(): EncoderApi {
  let encoder: Encoder | null = null;
  const meter = createGpuMeter();
  return {
    load: (request) =>
      guarded(async () => {
        encoder = await createEncoder(request, meter);
        return encoder.loaded;
      }),
    checkOperators: (request) => guarded(() => checkOperators(request, meter)),
    embed: (images, policy) =>
      guarded(() => {
        if (!encoder) throw new Error('The encoder was asked to work before it was loaded.');
        return encoder.embed(images, policy);
      }),
  };
}

holdLife();
expose(serve());
