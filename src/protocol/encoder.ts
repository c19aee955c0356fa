import type { CheckResult } from '../core/certificate/operators.ts';
import type { EncoderPart } from '../core/discovery/encoders.ts';
import type { Result } from '../core/fault.ts';
import type { PixelPolicy } from '../core/images/types.ts';
import type { DeviceFacts, OperatorCheckRequest, Rung } from './engine.ts';
import type { Device, ModelSource } from './model.ts';

export interface EncoderLoadRequest {
  readonly source: ModelSource;
  readonly part: EncoderPart;
  readonly device: Device;
  readonly threads: number;
  readonly rung: Rung;
}

export interface LoadedEncoder {
  /** Kind of encoder, as the registry names it. */
  readonly kind: string;
  readonly modelType: string;
  /** The session file in use. */
  readonly file: string;
  readonly device: DeviceFacts;
  readonly libraries: Readonly<Record<string, string>>;
  /** Whether the graph takes several pictures at once. */
  readonly batches: boolean;
}

/** What became of one image. */
export type Embedded =
  | { readonly ok: true; readonly embedding: Float32Array<ArrayBuffer> }
  | { readonly ok: false; readonly fault: import('../core/fault.ts').Fault };

/** What an encoder worker answers to. */
export interface EncoderApi {
  load(request: EncoderLoadRequest): Promise<Result<LoadedEncoder>>;
  checkOperators(request: OperatorCheckRequest): Promise<Result<readonly CheckResult[]>>;
  /** Decodes, prepares and encodes images; one that cannot be decoded has a fault, and the others go on. Embeddings are as the session gives them. */
  embed(images: readonly Blob[], policy: PixelPolicy): Promise<Result<readonly Embedded[]>>;
}
