import type { ImageRef } from '../../core/images/ref.ts';
import { transfer } from 'comlink';
import { startAgain } from '../../bridge/again.ts';
import type { Client } from '../../bridge/worker.ts';
import type { LadderRung } from '../../core/certificate/ladder.ts';
import { fail, fault, ok, type Fault, type Result } from '../../core/fault.ts';
import type { ProcessedImage } from '../../core/images/types.ts';
import type { GroupAsk, RenderedPrompt } from '../../core/plan/ask.ts';
import type {
  EngineApi,
  FeatureData,
  GroupRequest,
  GroupResult,
  ImageInput,
  LoadedModel,
  Meters,
  ScoreOptions,
} from '../../protocol/engine.ts';
import type { ResolvedModel } from './model.ts';

/** Bytes that shared KV states may hold in the engine worker. */
const CACHE_BYTES = 256 * 1024 * 1024;

/** Where a group's images come from; asked only for those whose features the worker does not hold. */
export interface ImageSource {
  pixels(image: ImageRef): Promise<Result<ProcessedImage>>;
  /** Features that an earlier run kept of the group's own image. */
  kept?(): Promise<FeatureData | null>;
}

const NO_INPUT: ImageInput = { pixels: null, features: null };

/** The engine worker under supervision: spawned, loaded, replaced. One rung for its whole life. */
export class EngineHost {
  readonly rung: LadderRung;
  private readonly model: ResolvedModel;
  private readonly threads: number;
  private readonly spawn: () => Client<EngineApi>;
  private client: Client<EngineApi> | null = null;
  private facts: LoadedModel | null = null;

  constructor(model: ResolvedModel, rung: LadderRung, threads: number, spawn: () => Client<EngineApi>) {
    this.model = model;
    this.rung = rung;
    this.threads = threads;
    this.spawn = spawn;
  }

  /** The worker, spawned if there is none, before a model is loaded in it. */
  worker(): Client<EngineApi> {
    if (!this.client?.alive) {
      this.client = this.spawn();
      this.facts = null;
    }
    return this.client;
  }

  load(): Promise<Result<LoadedModel>> {
    return startAgain(() => this.loadOnce());
  }

  private async loadOnce(): Promise<Result<LoadedModel>> {
    const client = this.worker();
    if (this.facts) return ok(this.facts);
    const loaded = await client.call((api) =>
      api.load({
        source: this.model.source,
        device: this.rung.device,
        dtype: this.rung.dtype,
        threads: this.threads,
        rung: this.rung.settings,
        cacheBytes: CACHE_BYTES,
      }),
    );
    // One failed start poisons a worker: the next try gets a fresh one.
    if (!loaded.ok) this.drop(loaded.fault.message);
    else this.facts = loaded.value;
    return loaded;
  }

  async score(ask: GroupAsk, images: ImageSource, options: ScoreOptions = {}): Promise<Result<GroupResult>> {
    const request = await this.requestOf(ask, images);
    if (!request.ok) return request;
    const result = await this.worker().call((api) => api.score(handedOver(request.value), options));
    if (!result.ok) return fail(await this.explain(result.fault));
    return result;
  }

  /** Rendered prompts and token ids of a group's questions. */
  async render(ask: GroupAsk, images: ImageSource): Promise<Result<readonly RenderedPrompt[]>> {
    const request = await this.requestOf(ask, images);
    if (!request.ok) return request;
    return this.worker().call((api) => api.render(handedOver(request.value)));
  }

  /** The group with what the worker lacks of its images. */
  private async requestOf(ask: GroupAsk, images: ImageSource): Promise<Result<GroupRequest>> {
    const loaded = await this.load();
    if (!loaded.ok) return loaded;
    const image = await this.inputOf(ask.image, images, true);
    if (!image.ok) return image;
    const shots: ImageInput[] = [];
    for (const ref of ask.shots) {
      const shot = await this.inputOf(ref, images, false);
      if (!shot.ok) return shot;
      shots.push(shot.value);
    }
    return ok({ ask, image: image.value, shots });
  }

  private async inputOf(image: ImageRef, images: ImageSource, own: boolean): Promise<Result<ImageInput>> {
    const known = await this.worker().call(async (api) => ok(await api.hasFeatures(image)));
    if (!known.ok) return known;
    if (known.value) return ok(NO_INPUT);
    const features = own ? ((await images.kept?.()) ?? null) : null;
    if (features !== null) return ok({ pixels: null, features });
    const pixels = await images.pixels(image);
    return pixels.ok ? ok({ pixels: pixels.value, features: null }) : pixels;
  }

  /** Prefers the device's own words about its loss over the error that the loss caused. */
  private async explain(f: Fault): Promise<Fault> {
    const lost = await this.client?.call(async (api) => ok((await api.meters()).deviceLost));
    return lost?.ok && lost.value ? fault('device-lost', `The GPU was lost (${lost.value}).`) : f;
  }

  async meters(): Promise<Meters | null> {
    const m = await this.client?.call(async (api) => ok(await api.meters()));
    return m?.ok ? m.value : null;
  }

  /** Ends the worker; the next call spawns another and loads the model again. */
  drop(reason = 'it was replaced'): void {
    this.client?.kill(reason);
    this.facts = null;
  }
}

/** The request, its pixels handed over instead of copied. */
function handedOver(request: GroupRequest): GroupRequest {
  return transfer(request, [request.image, ...request.shots].flatMap(buffersOf));
}

function buffersOf({ pixels }: ImageInput): ArrayBuffer[] {
  if (pixels === null) return [];
  return Object.values(pixels.tensors).flatMap((t) => (t.data.buffer instanceof ArrayBuffer ? [t.data.buffer] : []));
}
