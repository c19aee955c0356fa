import { encode } from 'fast-png';
import type { Client } from '../../bridge/worker.ts';
import { fail, fault, type Result } from '../../core/fault.ts';
import { imageKey, type ImageRef } from '../../core/images/ref.ts';
import type { PixelPolicy, ProcessedImage } from '../../core/images/types.ts';
import type { LoadedModel } from '../../protocol/engine.ts';
import type { PixelsApi } from '../../protocol/pixels.ts';
import type { LocalStore } from './parts.ts';

/** Side of the blank image: a multiple of every patch and tile size in use, so that nothing is resampled but by plan. */
const BLANK_SIDE = 448;

/** A black picture, for asking what the answer is worth without the image's content. */
export function blankImage(): Blob {
  const size = { width: BLANK_SIDE, height: BLANK_SIDE };
  const png = encode({ ...size, data: new Uint8Array(3 * BLANK_SIDE * BLANK_SIDE), depth: 8, channels: 3 });
  return new Blob([new Uint8Array(png)], { type: 'image/png' });
}

/** Prepares images one ahead of the engine, so that decoding and resizing hide behind the model's work. */
export class PixelsHost {
  private readonly store: Pick<LocalStore, 'image'>;
  private readonly policy: PixelPolicy;
  private readonly spawn: () => Client<PixelsApi>;
  private client: Client<PixelsApi> | null = null;
  private ahead: { readonly key: string; readonly pixels: Promise<Result<ProcessedImage>> } | null = null;

  constructor(store: Pick<LocalStore, 'image'>, policy: PixelPolicy, spawn: () => Client<PixelsApi>) {
    this.store = store;
    this.spawn = spawn;
    this.policy = policy;
  }

  /** Starts on an image that will be wanted next. */
  prefetch(image: ImageRef, model: LoadedModel): void {
    const key = imageKey(image);
    if (this.ahead?.key !== key) this.ahead = { key, pixels: this.make(image, model) };
  }

  /** The image's tensors; each answer is given once, since the caller transfers them away. */
  prepare(image: ImageRef, model: LoadedModel): Promise<Result<ProcessedImage>> {
    const ready = this.ahead?.key === imageKey(image) ? this.ahead.pixels : null;
    if (ready) this.ahead = null;
    return ready ?? this.make(image, model);
  }

  private async make(image: ImageRef, model: LoadedModel): Promise<Result<ProcessedImage>> {
    const blob = image.kind === 'blank' ? blankImage() : await this.store.image(image.sha256);
    if (!blob)
      return fail(
        fault('not-found', 'An image of this benchmark is no longer kept on this device. Bring the benchmark again.', {
          sha256: image.kind === 'blank' ? null : image.sha256,
        }),
      );
    if (!this.client?.alive) this.client = this.spawn();
    return this.client.call((api) =>
      api.prepare(blob, {
        modelType: model.modelType,
        preprocessor: model.files.preprocessor,
        processor: model.files.processor,
        config: model.files.config,
        policy: this.policy,
        ...(image.kind === 'marked' ? { changes: image.changes } : {}),
      }),
    );
  }

  end(): void {
    this.client?.kill('the run ended');
    this.ahead = null;
  }
}
