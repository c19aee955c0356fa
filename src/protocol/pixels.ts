import type { PixelPolicy, ProcessedImage, Raster } from '../core/pixels/types.ts';
import type { Result } from '../core/fault.ts';

export interface DecodeReport {
  readonly width: number;
  readonly height: number;
  readonly notes: readonly string[];
}

/** What the pixel worker answers to. All results come as `Result`; tensors are transferred, not copied. */
export interface PixelsApi {
  /** Checks that an image decodes, without keeping it; for reading a benchmark. */
  check(image: Blob): Promise<Result<DecodeReport>>;
  /** Decodes an image to 8-bit RGB under a policy. */
  decode(image: Blob, policy: PixelPolicy): Promise<Result<{ raster: Raster; notes: readonly string[] }>>;
  /**
   * Decodes and prepares one image for a vision session.
   * `preprocessor` and `processor` are the parsed preprocessor_config.json and processor_config.json (null if absent), `modelType` is config.json's.
   */
  prepare(
    image: Blob,
    settings: { modelType: string; preprocessor: unknown; processor: unknown; config: unknown; policy: PixelPolicy },
  ): Promise<Result<ProcessedImage>>;
}
