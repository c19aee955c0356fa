import type { ImageRef } from '../core/images/ref.ts';
import type { CheckResult } from '../core/certificate/operators.ts';
import type { RungSettings } from '../core/certificate/types.ts';
import type { Result } from '../core/fault.ts';
import type { ImageLayout, ProcessedImage } from '../core/images/types.ts';
import type { FamilyStatus } from '../core/models/families/types.ts';
import type { GroupAsk, RenderedPrompt } from '../core/plan/ask.ts';
import type { TreeWork, Work } from '../core/plan/types.ts';
import type { Outcome } from '../core/records/outcome.ts';
import type { OptionScore } from '../core/records/record.ts';
import type { Device, DtypeMap, ModelSource } from './model.ts';
import type { Generated, GenerateRequest, LikelihoodsRequest } from './text.ts';

/** How the device is made safe. Takes a fresh worker to change. */
export type Rung = RungSettings;

export interface LoadRequest {
  readonly source: ModelSource;
  readonly device: Device;
  readonly dtype: DtypeMap;
  /** WASM threads. */
  readonly threads: number;
  readonly rung: Rung;
  /** Bytes that shared KV states may hold. */
  readonly cacheBytes: number;
  /** Most bytes that the decoder's 4-bit weights may take when WASM unpacks them at load; 1 GiB or a quarter of the device's memory where nothing is said, 0 leaves them packed. */
  readonly unpackBytes?: number;
}

export interface OperatorCheckRequest {
  /** URL of the folder with the checks (public/certificate). */
  readonly base: string;
  readonly device: Device;
  /** WASM threads. */
  readonly threads: number;
  readonly rung: Rung;
  /** Use the graphs of half precision: the device has shader-f16 and the dtype is fp16 or q4f16. */
  readonly half: boolean;
  readonly stopAtFirst: boolean;
}

export interface DeviceFacts {
  readonly adapter: Readonly<Record<string, string>> | null;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
  readonly threads: number;
}

export interface TemplateFacts {
  /** The file that it came from. */
  readonly source: string;
  /** It can be told whether to think. */
  readonly knowsThinking: boolean;
  /** It writes today's date. */
  readonly writesDate: boolean;
}

export interface LoadedModel {
  readonly modelType: string;
  readonly familyStatus: FamilyStatus;
  readonly caveat: string | null;
  /** What is known of the folder's chat template; null where it has none. */
  readonly template: TemplateFacts | null;
  readonly device: DeviceFacts;
  readonly libraries: Readonly<Record<string, string>>;
  /** Parsed files that the pixel worker needs. */
  readonly files: { readonly config: unknown; readonly preprocessor: unknown; readonly processor: unknown };
  /** Input names of each session. */
  readonly sessions: Readonly<Record<string, readonly string[]>>;
  /** Matrices of the decoder that were unpacked from 4 bits at load (WASM); `libraries` says so in words where there are any. */
  readonly unpacked: number;
  readonly seconds: number;
}

/** An image as the decoder sees it: rows of features, float32 [rows, width], and what prompts need to know of it. */
export interface FeatureData {
  readonly rows: number;
  readonly width: number;
  readonly data: Float32Array;
  readonly layout: ImageLayout;
  readonly notes: readonly string[];
  /** Further outputs of the vision session, by name, that some decoders take (deepstack features). */
  readonly extra: Readonly<Record<string, { readonly dims: readonly number[]; readonly data: Float32Array }>>;
}

/** An image as it is handed to the engine: nothing where the engine holds its features already. */
export interface ImageInput {
  readonly pixels: ProcessedImage | null;
  /** Features that an earlier run kept, instead of pixels. */
  readonly features: FeatureData | null;
}

/** What a run asks of a group, and what the engine needs beside it. */
export interface GroupRequest {
  readonly ask: GroupAsk;
  readonly image: ImageInput;
  /** Of the images of the prompt set's shots, in their order. */
  readonly shots: readonly ImageInput[];
}

export interface ScoreOptions {
  /** Give the image's features back (unless they came with the request), so that they can be kept. */
  readonly returnFeatures?: boolean;
  /**
   * true: every sequence by a full forward of its own; false: by the tree of shared prefixes. Left out: as the model is to be computed, which is by the tree
   * unless its language part is in 8 bits (`scaledByRun`).
   */
  readonly plain?: boolean;
  /** Longest answers in new tokens, by method; the method's own where nothing is said. */
  readonly limits?: Readonly<Record<string, number>>;
}

export interface GroupResult {
  readonly outcomes: readonly Outcome[];
  /** What the tree asked for and what was done; they must agree. */
  readonly planned: TreeWork;
  readonly work: Work;
  /** The image's features, when asked for and not brought. */
  readonly features: FeatureData | null;
  /** The image as one vector of unit length (core/images/mean-feature.ts); null where it has none. */
  readonly imageVector: Float32Array | null;
}

export interface Meters {
  readonly gpuBytes: number;
  readonly gpuBytesPeak: number;
  readonly wasmBytes: number;
  readonly heapBytes: number | null;
  readonly featureBytes: number;
  readonly stateBytes: number;
  readonly deviceLost: string | null;
}

/** What an engine worker answers to. One call at a time; a worker whose session failed is replaced, never reused. */
export interface EngineApi {
  load(request: LoadRequest): Promise<Result<LoadedModel>>;
  /** Runs the operator checks (docs/certificate.md), before or without a model. Device and rung must be those of a later `load` in the same worker. */
  checkOperators(request: OperatorCheckRequest): Promise<Result<readonly CheckResult[]>>;
  /** Whether the features of an image are in memory, so that no pixels need be prepared. */
  hasFeatures(image: ImageRef): Promise<boolean>;
  score(request: GroupRequest, options: ScoreOptions): Promise<Result<GroupResult>>;
  /** Rendered prompts and their token ids, image tokens expanded, for one question; the image's features must be known or pixels given. */
  render(request: GroupRequest): Promise<Result<readonly RenderedPrompt[]>>;
  /** The model asked as a text model, without an image. */
  generate(request: GenerateRequest): Promise<Result<Generated>>;
  likelihoods(request: LikelihoodsRequest): Promise<Result<readonly OptionScore[]>>;
  /** Ends the text call in hand with the fault 'stopped' before its next token. */
  cancel(): Promise<void>;
  meters(): Promise<Meters>;
  /** Tests and the soak: destroys the GPU device as a driver reset would. */
  loseDevice(): Promise<void>;
  dispose(): Promise<void>;
}
