import type { PixelPolicy, ProcessedImage, Raster } from '../core/images/types.ts';
import type { Change } from '../core/images/changes/change.ts';
import type { Result } from '../core/fault.ts';

/** What the files of a model folder say of its images; null: no model is known, and pictures stay as they are. */
export type SizeSettings = {
  readonly modelType: string;
  readonly preprocessor: unknown;
  readonly processor: unknown;
  readonly config: unknown;
} | null;

/** A picture as a server is sent it. */
export interface SizedImage {
  /** PNG, 8-bit RGB, without metadata. */
  readonly png: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
  /** It has the size that the model's processor would give it. */
  readonly sized: boolean;
  readonly notes: readonly string[];
}

export interface DecodeReport {
  readonly width: number;
  readonly height: number;
  readonly notes: readonly string[];
}

/** What the pixel worker answers to. All results come as `Result`; tensors are transferred, not copied. */
export interface PixelsApi {
  /** Checks that an image decodes, without keeping it; for reading a benchmark. */
  check(image: Blob): Promise<Result<DecodeReport>>;
  /** Decodes an image to 8-bit RGB under a policy, with changes burned in. */
  decode(
    image: Blob,
    policy: PixelPolicy,
    changes?: readonly Change[],
  ): Promise<Result<{ raster: Raster; notes: readonly string[] }>>;
  /**
   * Decodes and prepares one image for a vision session.
   * `preprocessor` and `processor` are the parsed preprocessor_config.json and processor_config.json (null if absent), `modelType` is config.json's.
   */
  prepare(
    image: Blob,
    settings: {
      modelType: string;
      preprocessor: unknown;
      processor: unknown;
      config: unknown;
      policy: PixelPolicy;
      /** What is done to the upright RGB picture before the model's own preparation. */
      changes?: readonly Change[];
    },
  ): Promise<Result<ProcessedImage>>;
  /** Decodes an image and makes the PNG that a server is sent: at the processor's size where that can be had. */
  size(
    image: Blob,
    settings: SizeSettings,
    policy: PixelPolicy,
    changes?: readonly Change[],
  ): Promise<Result<SizedImage>>;
}
