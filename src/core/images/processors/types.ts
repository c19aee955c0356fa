import type { PassOrder } from '../resize.ts';
import type { ProcessorFiles, Settings } from '../settings.ts';
import type { TapCache } from '../taps.ts';
import type { ImageLayout, PlainTensor, Raster } from '../types.ts';

/** How resizes are done; the same for every image of a run. */
export interface ResizePolicy {
  readonly order: PassOrder;
  readonly cache?: TapCache | undefined;
}

/** An image processor with its settings read. */
export interface ConfiguredProcessor {
  /** The layout of an image of this size: what `prepare` gives, from the size alone. */
  layout(height: number, width: number): ImageLayout;
  /** The tensors of an RGB image, by the names of the vision session's inputs. */
  prepare(image: Raster, policy: ResizePolicy): Readonly<Record<string, PlainTensor>>;
  /**
   * The one RGB picture that the tensors are made of, which the processor leaves as it is when it is given it: what a server is sent, so that its own
   * resampling does not matter. null, or no such function: there is no such picture (tiles).
   */
  sized?(image: Raster, policy: ResizePolicy): Raster | null;
}

/** One class of Hugging Face's image processors. Defaults that a folder leaves out are the class's own. */
export interface ImageProcessor {
  /** `image_processor_type` without its ending (Fast, Pil): the class names that mean this processor. */
  readonly names: readonly string[];
  configure(settings: Settings, files: ProcessorFiles): ConfiguredProcessor;
}

/** The layout of one image that is not tiled and whose tokens the family counts. */
export const PLAIN: ImageLayout = { tiles: 1, rows: 0, cols: 0, grid: null, tokens: null };
