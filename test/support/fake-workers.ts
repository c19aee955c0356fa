import type { Remote } from 'comlink';
import type { Client } from '../../src/bridge/worker.ts';
import { fail, fault, ok, type Fault, type Result } from '../../src/core/fault.ts';
import { imageKey } from '../../src/core/images/ref.ts';
import type { ProcessedImage } from '../../src/core/images/types.ts';
import { recordedNames } from '../../src/core/methods/registry.ts';
import { NO_WORK } from '../../src/core/plan/types.ts';
import type { EngineApi, FeatureData, GroupResult, LoadedModel, LoadRequest } from '../../src/protocol/engine.ts';
import type { PixelsApi } from '../../src/protocol/pixels.ts';
import type { Workers } from '../../src/engines/local/parts.ts';

const LAYOUT = { tiles: 1, rows: 0, cols: 0, grid: null, tokens: null };
const FEATURES: FeatureData = { rows: 1, width: 1, data: new Float32Array([1]), layout: LAYOUT, notes: [], extra: {} };

/** What the fake device does wrong; a rung is named by its device and what is hidden from it: `webgpu`, `webgpu safe`, `wasm`. */
export interface FakeDevice {
  /** Everything that the workers were asked, in order. */
  readonly log: string[];
  /** Rungs whose operator checks fail. */
  readonly wrongOperators: Set<string>;
  /** Rungs whose log-probabilities are off by so much, in the shared plan only. */
  readonly wrongPlan: Map<string, number>;
  /** Rungs on which the model cannot be loaded, and why. */
  readonly unloadable: Map<string, Fault>;
  /** Faults that the next scores answer with, in order. */
  readonly scores: Fault[];
  /** What the driver says of its loss. */
  deviceLost: string | null;
  readonly workers: Workers;
}

const rungOf = (r: Pick<LoadRequest, 'device' | 'rung'>): string =>
  r.device === 'wasm' ? 'wasm' : r.rung.hideSubgroups ? 'webgpu safe' : 'webgpu';

/** Workers that answer at once, in this realm. */
export function fakeDevice(): FakeDevice {
  const device: FakeDevice = {
    ...{ log: [], wrongOperators: new Set(), wrongPlan: new Map(), unloadable: new Map(), scores: [] },
    deviceLost: null,
    workers: {
      engine: () => client(engineApi(device), 'engine', device.log),
      pixels: () => client(pixelsApi(device), 'pixels', device.log),
    },
  };
  return device;
}

function client<Api extends object>(api: Partial<Api>, what: string, log: string[]): Client<Api> {
  let death: { readonly ok: false; readonly fault: Fault } | null = null;
  log.push(`spawn ${what}`);
  return {
    get alive() {
      return death === null;
    },
    call: (work) => (death ? Promise.resolve(death) : work(api as Remote<Api>)),
    kill: (reason = '') => {
      if (death === null) log.push(`kill ${what}: ${reason}`);
      death ??= fail(fault('worker-died', reason));
    },
  };
}

function engineApi(device: FakeDevice): Partial<EngineApi> {
  const held = new Set<string>();
  let rung = '';
  return {
    checkOperators: (request) => {
      const passed = !device.wrongOperators.has(rungOf(request));
      device.log.push(`operators ${rungOf(request)}`);
      const check = {
        name: 'MatMul',
        operator: 'MatMul',
        length: 8,
        error: passed ? 0 : 1,
        limit: 0.001,
        passed,
        detail: '',
      };
      return Promise.resolve(ok([check]));
    },
    load: (request) => {
      rung = rungOf(request);
      device.log.push(`load ${rung} ${request.dtype['decoder_model_merged'] ?? ''}`);
      const broken = device.unloadable.get(rung);
      return Promise.resolve(broken ? fail(broken) : ok(loaded(request)));
    },
    hasFeatures: (image) => Promise.resolve(held.has(imageKey(image))),
    score: ({ ask, image, shots }, options): Promise<Result<GroupResult>> => {
      const broken = device.scores.shift();
      if (broken) return Promise.resolve(fail(broken));
      const key = imageKey(ask.image);
      device.log.push(`score ${key} ${rung}${options.plain ? ' plain' : ''}${image.features ? ' kept' : ''}`);
      held.add(key);
      const off = options.plain ? 0 : (device.wrongPlan.get(rung) ?? 0);
      const outcomes = ask.questions.flatMap((q) =>
        q.methods.flatMap(recordedNames).map((method) => {
          const option = (p: number) => ({ score: p, sum: p, tokens: [1], tokenLogprobs: [p] });
          const options2 = { A: option(-0.1 + off), B: option(-2) };
          const said = { text: null, promptTokens: 9, notes: [], mass: null, margin: null, letterVariants: null };
          return {
            pair: q.pair,
            image: q.image,
            method,
            status: 'scored' as const,
            chosen: 'A' as const,
            options: options2,
            ...said,
          };
        }),
      );
      const encoded = [image, ...shots].filter((i) => i.pixels !== null).length;
      const features = options.returnFeatures && !image.features ? FEATURES : null;
      const planned = { prefills: 0, prefillTokens: 0, suffixes: 0, suffixTokens: 0, decodes: 0 };
      return Promise.resolve(
        ok({ outcomes, planned, work: { ...NO_WORK, imageEncodes: encoded }, features, imageVector: null }),
      );
    },
    render: ({ ask }) =>
      Promise.resolve(ok(ask.questions.map((q) => ({ method: 'gd', text: q.question, ids: [1, 2] })))),
    generate: () => Promise.resolve(ok({ text: 'A: 9', tokens: 3, ended: 'model' as const })),
    likelihoods: ({ texts }) =>
      Promise.resolve(ok(texts.map(() => ({ score: -1, sum: -1, tokens: [1], tokenLogprobs: [-1] })))),
    cancel: () => {
      device.log.push('cancel');
      return Promise.resolve();
    },
    meters: () =>
      Promise.resolve({
        ...{ gpuBytes: 0, gpuBytesPeak: 0, wasmBytes: 0, heapBytes: null, featureBytes: 0, stateBytes: 0 },
        deviceLost: device.deviceLost,
      }),
  };
}

function loaded({ device, threads }: LoadRequest): LoadedModel {
  const facts = { adapter: device === 'webgpu' ? { vendor: 'fake' } : null, features: [], limits: {}, threads };
  return {
    ...{ modelType: 'smolvlm', familyStatus: 'checked', caveat: null, template: null, device: facts, libraries: {} },
    ...{ files: { config: {}, preprocessor: null, processor: null }, sessions: {}, unpacked: 0, seconds: 0 },
  };
}

function pixelsApi(device: FakeDevice): Partial<PixelsApi> {
  return {
    prepare: async (image): Promise<Result<ProcessedImage>> => {
      const name = await image.text();
      device.log.push(`pixels ${name}`);
      if (name === 'broken') return fail(fault('unreadable', 'The image cannot be read.'));
      const data = new Float32Array([1]);
      const pixel_values = { type: 'float32' as const, dims: [1], data };
      return ok({ tensors: { pixel_values }, layout: LAYOUT, notes: [], width: 1, height: 1 });
    },
  };
}
