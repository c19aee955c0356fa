import { imageKey, type ImageRef } from '../../src/core/images/ref.ts';
import { meanFeature } from '../../src/core/images/mean-feature.ts';
import { fault, FaultError } from '../../src/core/fault.ts';
import type { RenderedPrompt } from '../../src/core/plan/ask.ts';
import { scaledByRun } from '../../src/core/models/dtypes.ts';
import { nameOf } from '../../src/core/methods/names.ts';
import { planTree, type PlannedSequence } from '../../src/core/plan/tree.ts';
import { NO_WORK, type Segment, type Work } from '../../src/core/plan/types.ts';
import type {
  FeatureData,
  GroupRequest,
  GroupResult,
  LoadedModel,
  LoadRequest,
  Meters,
  ScoreOptions,
} from '../../src/protocol/engine.ts';
import { createLru, type StateCache } from '../language/cache.ts';
import { createDecoder, type Decoder } from '../language/decoder.ts';
import { executeTree, isKept, type ExecuteDeps } from '../language/execute.ts';
import { plainForest, plannedWork } from '../language/forest.ts';
import { stopIds } from '../language/stops.ts';
import { loadTokenizer, type Tokenizer } from '../language/tokenizer.ts';
import { openFiles } from '../onnx/files.ts';
import { adapterFacts, createGpuMeter, type GpuMeter } from '../onnx/gpu.ts';
import { configureRuntime } from '../onnx/runtime.ts';
import { startRuntime } from '../onnx/start.ts';
import { decodeLimits, promptOf } from './asks.ts';
import { settled } from './both-ways.ts';
import { buildContexts, type Contexts, type Shown } from './contexts.ts';
import { createImageFeatures, type ImageFeatureStore } from './images.ts';
import { openModel, type OpenedModel } from './load.ts';
import { loadedModel } from './loaded.ts';
import { outcomesOf } from './outcomes.ts';
import { NO_TEMPLATE } from './prompts.ts';
import { createQuestions, type Questions } from './questions.ts';
import { asShown } from './seeing.ts';
import { createTextAsker, type TextAsker } from './text.ts';

/** A loaded model and all that it owns: sessions, image features, KV states. Disposed as a whole. */
export interface Engine {
  readonly loaded: LoadedModel;
  /** The same model asked without an image. */
  readonly text: TextAsker;
  hasFeatures(image: ImageRef): boolean;
  score(request: GroupRequest, options: ScoreOptions): Promise<GroupResult>;
  render(request: GroupRequest): Promise<readonly RenderedPrompt[]>;
  meters(): Meters;
  loseDevice(): void;
  dispose(): Promise<void>;
}

/** @param meter the one of this worker: it may have been installed already, for the operator checks */
export async function createEngine(request: LoadRequest, meter: GpuMeter = createGpuMeter()): Promise<Engine> {
  const started = performance.now();
  const files = openFiles(request.source);
  const facts = request.device === 'webgpu' ? await adapterFacts() : { adapter: null, features: [], limits: {} };
  if (request.device === 'webgpu' && facts.adapter === null)
    throw new FaultError(
      fault('no-device', 'This browser offers no WebGPU adapter. Choose WASM, or a browser and GPU with WebGPU.'),
    );
  configureRuntime(files, request, meter);
  await startRuntime();
  const opened = await openModel(files, request);
  const decoder = createDecoder(opened.sessions.decoder, {}, opened.sessions.head);
  const model = { ...opened, family: await settled(opened, decoder) };
  const tokenizer = await loadTokenizer(files);
  if (tokenizer.template === null && model.family.plainPrompt === null) throw new FaultError(NO_TEMPLATE);
  const loaded = loadedModel({ model, template: tokenizer.template, adapter: facts, request, started });
  const stops = await stopIds(files, tokenizer);
  return new LoadedEngine(model, decoder, tokenizer, loaded, meter, request, stops);
}

class LoadedEngine implements Engine {
  readonly loaded: LoadedModel;
  readonly text: TextAsker;
  private readonly model: OpenedModel;
  private readonly tokenizer: Tokenizer;
  private readonly questions: Questions;
  private readonly meter: GpuMeter;
  private readonly decoder: Decoder;
  private readonly features: ImageFeatureStore;
  private readonly states: StateCache;
  private readonly stops: ReadonlySet<number>;
  /** Each sequence takes a run of its own. */
  private readonly alone: boolean;

  constructor(
    model: OpenedModel,
    decoder: Decoder,
    tokenizer: Tokenizer,
    loaded: LoadedModel,
    meter: GpuMeter,
    { cacheBytes, dtype }: LoadRequest,
    stops: ReadonlySet<number>,
  ) {
    this.model = model;
    this.tokenizer = tokenizer;
    this.questions = createQuestions(model, tokenizer);
    this.loaded = loaded;
    this.meter = meter;
    this.stops = stops;
    this.decoder = decoder;
    this.features = createImageFeatures((image) => model.sessions.see(image));
    this.states = createLru(
      cacheBytes,
      (s) => s.bytes,
      (s) => s.dispose(),
    );
    this.alone = scaledByRun(dtype);
    this.text = createTextAsker(model, tokenizer, this.decoder, stops, this.alone);
  }

  hasFeatures(image: ImageRef): boolean {
    return this.features.has(image);
  }

  async score(request: GroupRequest, options: ScoreOptions): Promise<GroupResult> {
    const work: Work = { ...NO_WORK };
    const { shots, own } = await this.features.of(request, work);
    const given: Shown = { seeing: [...shots, own], blind: shots };
    const shown = this.shown(given);
    const { plans, failed } = this.questions.plan(
      request.ask,
      shown,
      decodeLimits(this.tokenizer, request.ask.chat, options.limits),
    );
    const sequences = plans.flatMap((p) => p.sequences);
    const plain = options.plain ?? this.alone;
    const tree = plain ? plainForest(sequences) : planTree(sequences, this.questions.imageStart(sequences, shown));
    const contexts = await buildContexts(this.model, this.tokenizer, given, sequences, this.positionRows(), work);
    const deps = this.deps(plain ? null : request.ask.shots.map(imageKey).join(','), shown, work, contexts);
    const planned = plannedWork(tree, contexts.encoded, (s) => {
      const key = isKept(s) ? deps.sharedKey(s) : null;
      return key !== null && this.states.has(key);
    });
    const readings = await executeTree(tree, sequences, deps);
    contexts.dispose();
    const scored = plans.flatMap((p) => outcomesOf(p, readings, this.tokenizer, own.notes));
    const features = options.returnFeatures && !request.image.features ? own : null;
    return { outcomes: [...failed, ...scored], planned, work, features, imageVector: meanFeature(own) };
  }

  async render(request: GroupRequest): Promise<readonly RenderedPrompt[]> {
    const { shots, own } = await this.features.of(request, { ...NO_WORK });
    const makers = this.questions.makers(request.ask, this.shown({ seeing: [...shots, own], blind: shots }));
    return request.ask.questions.flatMap((q) =>
      q.methods.map((asked): RenderedPrompt => {
        this.questions.requirePlain(q);
        const { method, maker, options } = promptOf(asked, q, makers);
        const { text, ids } = maker.prompt(method, { ...q, options });
        return { method: nameOf(asked), text, ids };
      }),
    );
  }

  /** The images as prompts show them. */
  private shown({ seeing, blind }: Shown): Shown {
    return { seeing: asShown(this.model, seeing), blind: asShown(this.model, blind) };
  }

  /** @param shared names the shots that stand before the group's image; null: no state may be shared with other groups */
  private deps(shared: string | null, shown: Shown, work: Work, contexts: Contexts): ExecuteDeps {
    const { family, files, sessions } = this.model;
    const images = (s: PlannedSequence): readonly FeatureData[] => (s.blind ? shown.blind : shown.seeing);
    return {
      decoder: this.decoder,
      embed: sessions.embed,
      cache: this.states,
      settings: {
        stopIds: this.stops,
        positionsOf: (s, ids) => family.positions(ids, images(s), files, this.positionRows()),
      },
      sharedKey: (segment: Segment) => (shared === null ? null : `${shared}:${segment.ids.join(',')}`),
      contextOf: (key) => contexts.of(key),
      work,
    };
  }

  private positionRows(): number {
    return Math.max(1, this.decoder.positionRows);
  }

  meters(): Meters {
    // Where a test lets us, the heap is collected first: what is left is what is held.
    (globalThis as { gc?: () => void }).gc?.();
    const memory = (performance as { memory?: { usedJSHeapSize: number } }).memory;
    return {
      gpuBytes: this.meter.bytes(),
      gpuBytesPeak: this.meter.peak(),
      wasmBytes: this.meter.wasmBytes(),
      heapBytes: memory?.usedJSHeapSize ?? null,
      featureBytes: this.features.bytes(),
      stateBytes: this.states.values().reduce((n, s) => n + s.bytes, 0),
      deviceLost: this.meter.lost(),
    };
  }

  loseDevice(): void {
    for (const d of this.meter.devices()) d.destroy();
  }

  async dispose(): Promise<void> {
    this.text.release();
    this.states.clear();
    this.features.clear();
    await this.model.sessions.release();
  }
}
