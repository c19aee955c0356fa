import { expose } from 'comlink';
import { fail, fault, ok, toFault, type Fault, type Result } from '../../src/core/fault.ts';
import type { EngineApi, Meters } from '../../src/protocol/engine.ts';
import { createEngine, type Engine } from './engine.ts';
import { createGpuMeter } from './gpu.ts';
import { runOperatorChecks } from './operators.ts';
import { configureBackend } from './runtime.ts';

/** Runs one call and turns whatever it throws into a fault: comlink would lose an error's class and fields. */
async function guarded<T>(work: () => Promise<T>, fallback: Fault['code'] = 'runtime'): Promise<Result<T>> {
  try {
    return ok(await work());
  } catch (e) {
    const f = toFault(e, fallback);
    return fail(
      isOutOfMemory(f.message)
        ? fault('out-of-memory', `The model does not fit into memory here: ${f.message}. Choose a smaller dtype.`)
        : f,
    );
  }
}

function isOutOfMemory(message: string): boolean {
  return /out of memory|bad_alloc|memory access out of bounds|Array buffer allocation failed|std::bad_alloc/i.test(
    message,
  );
}

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
    checkOperators: (request) =>
      guarded(() => {
        configureBackend(request.threads, request.rung, meter);
        return runOperatorChecks(request);
      }),
    hasFeatures: (sha) => Promise.resolve(engine?.hasFeatures(sha) ?? false),
    score: (request) => guarded(() => need().score(request)),
    render: (request) => guarded(() => need().render(request)),
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

expose(serve());
