import { spawnPixels } from '../bridge/spawn.ts';
import type { WorkerClient } from '../bridge/worker.ts';
import { fail, fault, type Result } from '../core/fault.ts';
import { BLANK_IMAGE } from '../core/plan/types.ts';
import type { PixelPolicy, ProcessedImage } from '../core/pixels/types.ts';
import type { LoadedModel } from '../protocol/engine.ts';
import type { PixelsApi } from '../protocol/pixels.ts';
import type { RunPorts } from './ports.ts';

/** Side of the blank image: a multiple of every patch and tile size in use, so that nothing is resampled but by plan. */
const BLANK_SIDE = 448;

/** A black picture, for asking what the answer is worth without the image's content. */
async function blankImage(): Promise<Blob> {
  const canvas = new OffscreenCanvas(BLANK_SIDE, BLANK_SIDE);
  const context = canvas.getContext('2d', { alpha: false });
  context?.fillRect(0, 0, BLANK_SIDE, BLANK_SIDE);
  return canvas.convertToBlob({ type: 'image/png' });
}

/** Prepares images one ahead of the engine, so that decoding and resizing hide behind the model's work. */
export class PixelsHost {
  private readonly ports: Pick<RunPorts, 'image'>;
  private readonly policy: PixelPolicy;
  private client: WorkerClient<PixelsApi> | null = null;
  private ahead: { readonly sha256: string; readonly image: Promise<Result<ProcessedImage>> } | null = null;

  constructor(ports: Pick<RunPorts, 'image'>, policy: PixelPolicy) {
    this.ports = ports;
    this.policy = policy;
  }

  /** Starts on an image that will be wanted next. */
  prefetch(sha256: string, model: LoadedModel): void {
    if (this.ahead?.sha256 !== sha256) this.ahead = { sha256, image: this.make(sha256, model) };
  }

  /** The image's tensors; each answer is given once, since the caller transfers them away. */
  prepare(sha256: string, model: LoadedModel): Promise<Result<ProcessedImage>> {
    const ready = this.ahead?.sha256 === sha256 ? this.ahead.image : null;
    if (ready) this.ahead = null;
    return ready ?? this.make(sha256, model);
  }

  private async make(sha256: string, model: LoadedModel): Promise<Result<ProcessedImage>> {
    const blob = sha256 === BLANK_IMAGE ? await blankImage() : await this.ports.image(sha256);
    if (!blob)
      return fail(
        fault('not-found', 'An image of this benchmark is no longer kept on this device. Bring the benchmark again.', {
          sha256,
        }),
      );
    if (!this.client?.alive) this.client = spawnPixels();
    return this.client.call((api) =>
      api.prepare(blob, {
        modelType: model.modelType,
        preprocessor: model.files.preprocessor,
        processor: model.files.processor,
        config: model.files.config,
        policy: this.policy,
      }),
    );
  }

  end(): void {
    this.client?.kill('the run ended');
    this.ahead = null;
  }
}
