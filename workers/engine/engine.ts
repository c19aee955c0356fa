import type { PromptImage } from '../../src/core/families/types.ts';
import { fault, FaultError } from '../../src/core/fault.ts';
import { planTree, type PlannedSequence } from '../../src/core/plan/tree.ts';
import { NO_WORK, type Segment, type Work } from '../../src/core/plan/types.ts';
import type { PromptSet } from '../../src/core/prompts/types.ts';
import type {
  GroupRequest,
  GroupResult,
  LoadedModel,
  LoadRequest,
  Meters,
  Outcome,
  RenderedPrompt,
} from '../../src/protocol/engine.ts';
import { planQuestion, promptOf, type Makers, type QuestionPlan } from './asks.ts';
import { createLru, type FeatureCache, type StateCache } from './cache.ts';
import { createDecoder, type Decoder } from './decoder.ts';
import { buildContexts, type Contexts, type Shown } from './contexts.ts';
import { requireImageTokens } from './embed.ts';
import { executeTree, isKept, type ExecuteDeps } from './execute.ts';
import { openFiles } from './files.ts';
import { nthIndex, plainForest, plannedWork, rowsOf } from './forest.ts';
import { adapterFacts, createGpuMeter, type GpuMeter } from './gpu.ts';
import { openModel, type OpenedModel } from './load.ts';
import { failedOutcomes, outcomesOf } from './outcomes.ts';
import { createPromptMaker, type PromptMaker } from './prompts.ts';
import { configureRuntime, libraryVersions } from './runtime.ts';
import { stopIds } from './stops.ts';
import { loadTokenizer, type Tokenizer } from './tokenizer.ts';
import { encodeImage, type ImageFeatures } from './vision.ts';

/** A loaded model and all that it owns: sessions, image features, KV states. Disposed as a whole. */
export interface Engine {
  readonly loaded: LoadedModel;
  hasFeatures(imageSha256: string): boolean;
  score(request: GroupRequest): Promise<GroupResult>;
  render(request: GroupRequest): Promise<readonly RenderedPrompt[]>;
  meters(): Meters;
  loseDevice(): void;
  dispose(): Promise<void>;
}

/**
 * Images whose features stay in memory: those of the shots and the latest ones. A run asks all about an image at once, so more would only make memory grow
 * with the number of images; IndexedDB keeps the rest, by choice.
 */
const FEATURE_IMAGES = 16;
const DECODE_LIMITS = { mc: 32, ff: 64 };

/** @param meter the one of this worker: it may have been installed already, for the operator checks */
export async function createEngine(request: LoadRequest, meter: GpuMeter = createGpuMeter()): Promise<Engine> {
  const started = performance.now();
  const files = openFiles(request.source);
  const facts = request.device === 'webgpu' ? await adapterFacts() : { adapter: null, features: [], limits: {} };
  if (request.device === 'webgpu' && facts.adapter === null)
    throw new FaultError(
      fault('no-device', 'This browser offers no WebGPU adapter. Choose WASM, or a browser and GPU with WebGPU.'),
    );
  configureRuntime(files, request.threads, request.rung, meter);
  const model = await openModel(files, request);
  const tokenizer = await loadTokenizer(files);
  const loaded: LoadedModel = {
    modelType: model.family.type,
    familyStatus: model.family.status,
    caveat: model.family.caveat,
    device: { ...facts, threads: request.threads },
    libraries: {
      ...libraryVersions(),
      ...(model.unpacked > 0 ? { 'decoder weights': 'unpacked from 4 bits to fp32 at load' } : {}),
    },
    files: { config: model.files.config, preprocessor: model.files.preprocessor, processor: model.files.processor },
    sessions: Object.fromEntries(Object.entries(model.sessions.all).map(([name, s]) => [name, s.inputNames])),
    unpacked: model.unpacked,
    seconds: (performance.now() - started) / 1000,
  };
  return new LoadedEngine(model, tokenizer, loaded, meter, request.cacheBytes, await stopIds(files, tokenizer));
}

class LoadedEngine implements Engine {
  readonly loaded: LoadedModel;
  private readonly model: OpenedModel;
  private readonly tokenizer: Tokenizer;
  private readonly meter: GpuMeter;
  private readonly decoder: Decoder;
  private readonly features: FeatureCache;
  private readonly states: StateCache;
  private readonly stops: ReadonlySet<number>;

  constructor(
    model: OpenedModel,
    tokenizer: Tokenizer,
    loaded: LoadedModel,
    meter: GpuMeter,
    cacheBytes: number,
    stops: ReadonlySet<number>,
  ) {
    this.model = model;
    this.tokenizer = tokenizer;
    this.loaded = loaded;
    this.meter = meter;
    this.stops = stops;
    this.decoder = createDecoder(model.sessions.decoder);
    this.features = createLru<ImageFeatures>(
      FEATURE_IMAGES,
      () => 1,
      () => undefined,
    );
    this.states = createLru(
      cacheBytes,
      (s) => s.bytes,
      (s) => s.dispose(),
    );
  }

  hasFeatures(imageSha256: string): boolean {
    return this.features.has(imageSha256);
  }

  async score(request: GroupRequest): Promise<GroupResult> {
    const work: Work = { ...NO_WORK };
    const shots = await this.shotsOf(request, work);
    const image = await this.ownImage(request, work);
    const shown = { seeing: image ? [...shots, image] : shots, blind: shots };
    const outcomes: Outcome[] = [];
    const plans: QuestionPlan[] = [];
    const makers = this.makers(request, shown);
    for (const q of request.questions) {
      try {
        const plan = planQuestion(q, makers, this.tokenizer, request.limits ?? DECODE_LIMITS);
        if (this.model.family.architecture === 'decoder')
          for (const s of plan.sequences)
            requireImageTokens(s.ids, this.imageToken(), s.blind ? shown.blind : shown.seeing);
        plans.push(plan);
      } catch (e) {
        outcomes.push(...failedOutcomes(q, e));
      }
    }
    const sequences = plans.flatMap((p) => p.sequences);
    const tree = request.plain
      ? plainForest(sequences)
      : planTree(sequences, this.imageStart(sequences, rowsOf(shots)));
    const contexts = await buildContexts(this.model, this.tokenizer, shown, sequences, this.positionRows(), work);
    const deps = this.deps(request, shown, work, contexts);
    const planned = plannedWork(tree, contexts, (s) => {
      const key = isKept(s) ? deps.sharedKey(s) : null;
      return key !== null && this.states.has(key);
    });
    const readings = await executeTree(tree, sequences, deps);
    contexts.dispose();
    for (const p of plans) outcomes.push(...outcomesOf(p, readings, this.tokenizer, image?.notes ?? []));
    const features = request.returnFeatures && !request.features ? image : null;
    return { outcomes, planned, work, features };
  }

  async render(request: GroupRequest): Promise<readonly RenderedPrompt[]> {
    const shots = await this.shotsOf(request, { ...NO_WORK });
    const image = await this.ownImage(request, { ...NO_WORK });
    const makers = this.makers(request, { seeing: image ? [...shots, image] : shots, blind: shots });
    return request.questions.flatMap((q) =>
      q.methods.map((method): RenderedPrompt => {
        const { parts, maker, options } = promptOf(method, q, makers);
        const { text, ids } = maker.prompt(parts.base, { ...q, options });
        return { method, text, ids };
      }),
    );
  }

  private makers(request: GroupRequest, shown: Shown): Makers {
    const make = (set: PromptSet, images: readonly ImageFeatures[]): PromptMaker => {
      const places = images.map(({ layout, rows }): PromptImage => ({ layout, rows }));
      return createPromptMaker(this.model.family, this.model.files, this.tokenizer, set, places);
    };
    return {
      seeing: make(request.promptSet, shown.seeing),
      blind: make(request.promptSet, shown.blind),
      paraphrased: (request.paraphrases ?? []).map((set) => make(set, shown.seeing)),
    };
  }

  /** The image that the questions are about; null where they are asked without one. */
  private async ownImage(request: GroupRequest, work: Work): Promise<ImageFeatures | null> {
    const { imageSha256, pixels, features } = request;
    return imageSha256 === null ? null : this.imageOf({ imageSha256, pixels, features: features ?? null }, work);
  }

  /** Features of the prompt set's shots: encoded once a run, for the cache holds them. */
  private async shotsOf(request: GroupRequest, work: Work): Promise<readonly ImageFeatures[]> {
    const out: ImageFeatures[] = [];
    for (const { sha256, pixels } of request.shots ?? [])
      out.push(await this.imageOf({ imageSha256: sha256, pixels, features: null }, work));
    return out;
  }

  private async imageOf(
    request: Pick<GroupRequest, 'pixels' | 'features'> & { readonly imageSha256: string },
    work: Work,
  ): Promise<ImageFeatures> {
    const known = this.features.get(request.imageSha256);
    if (known) return known;
    if (request.features) {
      this.features.put(request.imageSha256, request.features);
      return request.features;
    }
    if (request.pixels === null)
      throw new FaultError(
        fault('internal', 'The engine was asked about an image it has neither pixels nor features of.'),
      );
    const features = await encodeImage(this.model.sessions.vision, request.pixels);
    work.imageEncodes += 1;
    this.features.put(request.imageSha256, features);
    return features;
  }

  private imageToken(): number {
    return this.model.family.imageTokenId(this.model.files, this.tokenizer);
  }

  /** Where the group's own image begins, behind the shots' `before` image tokens: tokens before it are the same for every image of the run. */
  private imageStart(sequences: readonly PlannedSequence[], before: number): number {
    if (sequences.length === 0 || this.model.family.architecture !== 'decoder') return 0;
    const token = this.imageToken();
    const starts = sequences.filter((s) => !s.blind).map((s) => nthIndex(s.ids, token, before));
    return starts.length === 0 ? 0 : Math.max(0, Math.min(...starts));
  }

  private deps(request: GroupRequest, shown: Shown, work: Work, contexts: Contexts): ExecuteDeps {
    const { family, files, sessions } = this.model;
    const images = (s: PlannedSequence): readonly ImageFeatures[] => (s.blind ? shown.blind : shown.seeing);
    const shots = (request.shots ?? []).map((x) => x.sha256).join(',');
    return {
      decoder: this.decoder,
      embed: sessions.embed,
      cache: this.states,
      settings: {
        stopIds: this.stops,
        positionsOf: (s, ids) => family.positions(ids, images(s), files, this.positionRows()),
      },
      sharedKey: (segment: Segment) => (request.plain ? null : `${shots}:${segment.ids.join(',')}`),
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
      featureBytes: this.features.values().reduce((n, f) => n + f.data.byteLength, 0),
      stateBytes: this.states.values().reduce((n, s) => n + s.bytes, 0),
      deviceLost: this.meter.lost(),
    };
  }

  loseDevice(): void {
    for (const d of this.meter.devices()) d.destroy();
  }

  async dispose(): Promise<void> {
    this.states.clear();
    this.features.clear();
    await this.model.sessions.release();
  }
}
