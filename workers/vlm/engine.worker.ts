import { expose } from 'comlink';
import type { EngineApi, Meters } from '../../src/protocol/engine.ts';
import { guarded } from '../guarded.ts';
import { holdLife } from '../life.ts';
import { createEngine, type Engine } from './engine.ts';
import { createGpuMeter } from '../onnx/gpu.ts';
import { checkOperators } from '../onnx/operators.ts';

const NO_METERS: Meters = {
  gpuBytes: 0,
  gpuBytesPeak: 0,
  wasmBytes: 0,
  heapBytes: null,
  featureBytes: 0,
  stateBytes: 0,
  deviceLost: null,
};

function serve(): EngineApi {
  let engine: Engine | null = null;
  const meter = createGpuMeter();
  const need = (): Engine => {
    if (!engine) throw new Error('The engine was asked to work before a model was loaded.');
    return engine;
  };
  return {
    load: (request) =>
      guarded(async () => {
        engine = await createEngine(request, meter);
        return engine.loaded;
      }),
    checkOperators: (request) => guarded(() => checkOperators(request, meter)),
    hasFeatures: (sha) => Promise.resolve(engine?.hasFeatures(sha) ?? false),
    score: (request, options) => guarded(() => need().score(request, options)),
    render: (request) => guarded(() => need().render(request)),
    generate: (request) => guarded(() => need().text.generate(request)),
    likelihoods: (request) => guarded(() => need().text.likelihoods(request)),
    // A reply is computed in one go: it ends by its limit.
    cancel: () => Promise.resolve(),
    meters: () => Promise.resolve(engine?.meters() ?? NO_METERS),
    loseDevice: () => {
      engine?.loseDevice();
      return Promise.resolve();
    },
    dispose: async () => {
      await engine?.dispose();
      engine = null;
    },
  };
}

holdLife();
expose(serve());
