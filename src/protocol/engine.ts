import type { ImageIndex, Letter } from '../core/benchmark/types.ts';
import type { CheckResult } from '../core/certificate/operators.ts';
import type { Result } from '../core/fault.ts';
import type { FamilyStatus } from '../core/families/types.ts';
import type { ImageLayout, ProcessedImage } from '../core/pixels/types.ts';
import type { TreeWork, Work } from '../core/plan/types.ts';
import type { PromptSet } from '../core/prompts/types.ts';
import type { LetterVariant, OptionScore } from '../core/scoring/record.ts';
import type { Device, DtypeMap, ModelSource } from './model.ts';

/** How the device is made safe; one rung of the certificate's ladder. Takes a fresh worker to change. */
export interface Rung {
  /** Hides every `subgroup*` entry from GPUAdapter.features before a session exists (runtime.md, Numerics). */
  readonly hideSubgroups: boolean;
  /** enableMatmulFp32Accumulation of the WebGPU execution provider. */
  readonly fp32Accumulation: boolean;
}

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

export interface LoadedModel {
  readonly modelType: string;
  readonly familyStatus: FamilyStatus;
  readonly caveat: string | null;
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

export interface QuestionRequest {
  readonly pair: string;
  readonly image: ImageIndex;
  readonly question: string;
  readonly options: Readonly<Record<Letter, string>>;
  readonly methods: readonly string[];
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

export interface GroupRequest {
  /** null: all questions are asked without an image. */
  readonly imageSha256: string | null;
  /** null when the engine already holds the image's features, or there is no image. */
  readonly pixels: ProcessedImage | null;
  readonly questions: readonly QuestionRequest[];
  readonly promptSet: PromptSet;
  /** What `paraphrase-1`, `paraphrase-2`, ... in methods are. */
  readonly paraphrases?: readonly PromptSet[];
  /** Images of the prompt set's shots, in their order; pixels null where the engine holds the features. */
  readonly shots?: readonly { readonly sha256: string; readonly pixels: ProcessedImage | null }[];
  /** Features that an earlier run kept, instead of pixels. */
  readonly features?: FeatureData | null;
  /** Give the features back (unless they came with the request), so that they can be kept. */
  readonly returnFeatures?: boolean;
  /** Longest answers in new tokens; MC 32 (scoring.md) and FF 64 where nothing is said. */
  readonly limits?: { readonly mc: number; readonly ff: number };
  /** Compute every sequence by a plain full forward instead of the tree: the certificate's second opinion. */
  readonly plain: boolean;
}

/** What became of one question under one method; the page adds what only it knows (right answer, image hash). */
export type Outcome =
  | {
      readonly pair: string;
      readonly image: ImageIndex;
      readonly method: string;
      readonly status: 'scored';
      readonly chosen: Letter | null;
      readonly options: Readonly<Record<Letter, OptionScore>> | null;
      readonly mass: number | null;
      readonly margin: number | null;
      readonly letterVariants: Readonly<Record<Letter, readonly LetterVariant[]>> | null;
      readonly text: string | null;
      readonly promptTokens: number;
      readonly notes: readonly string[];
    }
  | {
      readonly pair: string;
      readonly image: ImageIndex;
      readonly method: string;
      readonly status: 'failed';
      readonly fault: import('../core/fault.ts').Fault;
    };

export interface GroupResult {
  readonly outcomes: readonly Outcome[];
  /** What the tree asked for and what was done; they must agree. */
  readonly planned: TreeWork;
  readonly work: Work;
  /** The image's features, when asked for and not brought. */
  readonly features: FeatureData | null;
}

export interface RenderedPrompt {
  readonly method: string;
  readonly text: string;
  readonly ids: readonly number[];
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
  hasFeatures(imageSha256: string): Promise<boolean>;
  score(request: GroupRequest): Promise<Result<GroupResult>>;
  /** Rendered prompts and their token ids, image tokens expanded, for one question; the image's features must be known or pixels given. */
  render(request: GroupRequest): Promise<Result<readonly RenderedPrompt[]>>;
  meters(): Promise<Meters>;
  /** Tests and the soak: destroys the GPU device as a driver reset would. */
  loseDevice(): Promise<void>;
  dispose(): Promise<void>;
}
