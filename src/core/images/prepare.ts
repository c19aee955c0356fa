import { fail, ok, toFault, type Result } from '../fault.ts';
import { isTransparent, toRgb } from './colour.ts';
import { processorFor } from './processors/registry.ts';
import type { ProcessorFiles } from './settings.ts';
import type { TapCache } from './taps.ts';
import type { ImageLayout, PixelPolicy, ProcessedImage, Raster } from './types.ts';

/** What `prepareImage` needs to know: the model folder's files and the policy of the run. */
export interface PrepareSettings extends ProcessorFiles {
  readonly policy: PixelPolicy;
}

/**
 * Prepares one decoded and upright image for a vision session, as the folder's own image processor does.
 * @returns the tensors by input name, the layout (the same as `layoutOf` of its size), and notes for the record.
 */
export function prepareImage(image: Raster, settings: PrepareSettings, cache?: TapCache): Result<ProcessedImage> {
  try {
    const processor = processorFor(settings);
    if (!processor.ok) return processor;
    const rgb = toRgb(image, settings.policy.alpha);
    const { width, height } = image;
    return ok({
      tensors: processor.value.prepare(rgb, { order: settings.policy.passOrder, cache }),
      layout: processor.value.layout(height, width),
      notes: isTransparent(image) ? ['transparent-image'] : [],
      width,
      height,
    });
  } catch (e) {
    return fail(toFault(e, 'bad-model'));
  }
}

/**
 * The picture that a server is sent: at the size that the model's processor would give it, so that the server has nothing to resample.
 * @returns null where that processor makes no single picture; the original is then what can be sent
 */
export function sizeImage(image: Raster, settings: PrepareSettings, cache?: TapCache): Result<Raster | null> {
  try {
    const processor = processorFor(settings);
    if (!processor.ok) return processor;
    const rgb = toRgb(image, settings.policy.alpha);
    return ok(processor.value.sized?.(rgb, { order: settings.policy.passOrder, cache }) ?? null);
  } catch (e) {
    return fail(toFault(e, 'bad-model'));
  }
}

/** The layout of an image of this size, without its pixels: what prompts, positions and plans need. */
export function layoutOf(width: number, height: number, settings: ProcessorFiles): Result<ImageLayout> {
  try {
    const processor = processorFor(settings);
    return processor.ok ? ok(processor.value.layout(height, width)) : processor;
  } catch (e) {
    return fail(toFault(e, 'bad-model'));
  }
}
