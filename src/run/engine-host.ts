import { transfer } from 'comlink';
import { spawnEngine } from '../bridge/spawn.ts';
import type { WorkerClient } from '../bridge/worker.ts';
import type { LadderRung } from '../core/certificate/ladder.ts';
import { fail, fault, ok, type Result } from '../core/fault.ts';
import type { ProcessedImage } from '../core/pixels/types.ts';
import type {
  EngineApi,
  FeatureData,
  GroupRequest,
  GroupResult,
  LoadedModel,
  Meters,
  RenderedPrompt,
} from '../protocol/engine.ts';
import type { Dtype } from '../protocol/model.ts';
import type { ResolvedModel } from './ports.ts';

/** Bytes that shared KV states may hold in the engine worker. */
const CACHE_BYTES = 256 * 1024 * 1024;

/** The engine worker under supervision: spawned, loaded, replaced. One rung for its whole life. */
export class EngineHost {
  readonly rung: LadderRung;
  private readonly model: ResolvedModel;
  private readonly threads: number;
  private client: WorkerClient<EngineApi> | null = null;
  private facts: LoadedModel | null = null;
  replacements = 0;

  constructor(model: ResolvedModel, rung: LadderRung, threads: number) {
    this.model = model;
    this.rung = rung;
    this.threads = threads;
  }

  /** The worker, spawned if there is none, before a model is loaded in it. */
  worker(): WorkerClient<EngineApi> {
    if (!this.client?.alive) {
      if (this.client) this.replacements += 1;
      this.client = spawnEngine();
      this.facts = null;
    }
    return this.client;
  }

  async load(): Promise<Result<LoadedModel>> {
    const client = this.worker();
    if (this.facts) return ok(this.facts);
    const loaded = await client.call((api) =>
      api.load({
        source: this.model.source,
        device: this.rung.device,
        dtype: this.rung.dtype as Readonly<Record<string, Dtype>>,
        threads: this.threads,
        rung: this.rung.settings,
        cacheBytes: CACHE_BYTES,
      }),
    );
    // One failed start poisons a worker (runtime.md): the next try gets a fresh one.
    if (!loaded.ok) this.drop(loaded.fault.message);
    else this.facts = loaded.value;
    return loaded;
  }

  /** Scores a group; `kept` and then `pixels` are called only when the engine does not hold the image's features. */
  async score(
    request: Omit<GroupRequest, 'pixels'>,
    pixels: (sha256: string) => Promise<Result<ProcessedImage>>,
    kept: () => Promise<FeatureData | null> = () => Promise.resolve(null),
  ): Promise<Result<GroupResult>> {
    const loaded = await this.load();
    if (!loaded.ok) return loaded;
    let features: FeatureData | null = null;
    const image = await this.imageFor(request.imageSha256, async (sha256) => {
      features = await kept();
      return features === null ? pixels(sha256) : ok(null);
    });
    if (!image.ok) return image;
    const shots = await this.shotsFor(request, pixels);
    if (!shots.ok) return shots;
    const result = await this.worker().call((api) =>
      api.score(transfer({ ...request, pixels: image.value, features, shots: shots.value }, buffersOf(image.value))),
    );
    if (!result.ok) return fail(await this.explain(result.fault));
    return result;
  }

  /** Rendered prompts and token ids of a group's questions. */
  async render(
    request: Omit<GroupRequest, 'pixels'>,
    pixels: (sha256: string) => Promise<Result<ProcessedImage>>,
  ): Promise<Result<readonly RenderedPrompt[]>> {
    const loaded = await this.load();
    if (!loaded.ok) return loaded;
    const image = await this.imageFor(request.imageSha256, pixels);
    if (!image.ok) return image;
    const shots = await this.shotsFor(request, pixels);
    if (!shots.ok) return shots;
    return this.worker().call((api) =>
      api.render(transfer({ ...request, pixels: image.value, shots: shots.value }, buffersOf(image.value))),
    );
  }

  /** The images of the prompt set's shots, with pixels where the engine lacks their features. */
  private async shotsFor(
    request: Omit<GroupRequest, 'pixels'>,
    pixels: (sha256: string) => Promise<Result<ProcessedImage>>,
  ): Promise<Result<NonNullable<GroupRequest['shots']>>> {
    const shots: { sha256: string; pixels: ProcessedImage | null }[] = [];
    for (const { sha256 } of request.shots ?? []) {
      const shot = await this.imageFor(sha256, pixels);
      if (!shot.ok) return shot;
      shots.push({ sha256, pixels: shot.value });
    }
    return ok(shots);
  }

  /** The image's tensors, or null when the engine holds its features already, or there is no image. */
  private async imageFor(
    sha256: string | null,
    pixels: (sha256: string) => Promise<Result<ProcessedImage | null>>,
  ): Promise<Result<ProcessedImage | null>> {
    if (sha256 === null) return ok(null);
    const known = await this.worker().call(async (api) => ok(await api.hasFeatures(sha256)));
    if (!known.ok) return known;
    return known.value ? ok(null) : pixels(sha256);
  }

  /** Prefers the device's own words about its loss over the error that the loss caused. */
  private async explain(f: { code: string; message: string }): Promise<ReturnType<typeof fault>> {
    const lost = await this.client?.call(async (api) => ok((await api.meters()).deviceLost));
    if (lost?.ok && lost.value) return fault('device-lost', `The GPU was lost (${lost.value}).`);
    return f as ReturnType<typeof fault>;
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

  /** For the soak: destroys the GPU device as a driver reset would. */
  async loseDevice(): Promise<void> {
    await this.client?.call(async (api) => ok(await api.loseDevice()));
  }
}

/** The buffers to hand over instead of copying. */
function buffersOf(image: ProcessedImage | null): ArrayBuffer[] {
  return image ? Object.values(image.tensors).map((t) => t.data.buffer as ArrayBuffer) : [];
}
