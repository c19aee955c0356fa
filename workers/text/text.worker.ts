import { expose } from 'comlink';
import type { TextApi } from '../../src/protocol/text.ts';
import { guarded } from '../guarded.ts';
import { holdLife } from '../life.ts';
import { createGpuMeter } from '../onnx/gpu.ts';
import { checkOperators } from '../onnx/operators.ts';
import { openTextModel, type TextModel } from './text-model.ts';

function serve(): TextApi {
  let model: TextModel | null = null;
  const meter = createGpuMeter();
  const need = (): TextModel => {
    if (!model) throw new Error('The text model was asked before it was loaded.');
    return model;
  };
  return {
    load: (request) =>
      guarded(async () => {
        model = await openTextModel(request, meter);
        return model.loaded;
      }),
    checkOperators: (request) => guarded(() => checkOperators(request, meter)),
    generate: (request) => guarded(() => need().generate(request)),
    likelihoods: (request, plain) => guarded(() => need().likelihoods(request, plain)),
    cancel: () => {
      model?.cancel();
      return Promise.resolve();
    },
    meters: () =>
      Promise.resolve({
        work: model?.work() ?? { computed: 0, reused: 0, decoded: 0 },
        wasmBytes: meter.wasmBytes(),
        gpuBytesPeak: meter.peak(),
        deviceLost: meter.lost(),
      }),
    dispose: async () => {
      await model?.dispose();
      model = null;
    },
  };
}

holdLife();
expose(serve());
