import type { Result } from '../../src/core/fault.ts';
import type { ProcessorFiles } from '../../src/core/images/settings.ts';
import type { ProcessedImage } from '../../src/core/images/types.ts';

/** A session that embeds images, whatever kind of model it is of. */
export interface OpenedEncoder {
  /** Kind of encoder, in words. */
  readonly kind: string;
  /** The session file in use. */
  readonly file: string;
  readonly processor: ProcessorFiles;
  /** Whether the graph takes several pictures at once. */
  readonly batches: boolean;
  /** Whether the session can take what the processor made of an image. */
  check(image: ProcessedImage): Result<ProcessedImage>;
  /** @returns an embedding for each image */
  run(images: readonly ProcessedImage[]): Promise<readonly Float32Array<ArrayBuffer>[]>;
}
