import type { CheckResult } from '../core/certificate/operators.ts';
import type { Result } from '../core/fault.ts';
import type { StopRule } from '../core/methods/stop.ts';
import type { OptionScore } from '../core/records/record.ts';
import type { DeviceFacts, OperatorCheckRequest, Rung } from './engine.ts';
import type { Device, Dtype, ModelSource } from './model.ts';

/** A conversation of one turn. A model whose template has no place for system text gets it in front of the user's. */
export interface TextPrompt {
  readonly system: string | null;
  readonly user: string;
}

/** Seeded sampling: the same seed gives the same reply on the same device. */
export interface Sampling {
  /** Above 0. */
  readonly temperature: number;
  /** Smallest share of the probability that the candidates must hold together, above 0 and at most 1. */
  readonly topP: number;
  /** 32-bit integer. */
  readonly seed: number;
}

export type { StopRule } from '../core/methods/stop.ts';

export interface GenerateRequest {
  readonly prompt: TextPrompt;
  /** Longest reply in new tokens. */
  readonly limit: number;
  readonly stop?: StopRule;
  /** Greedy where nothing is said. */
  readonly sampling?: Sampling;
}

export interface Generated {
  readonly text: string;
  /** New tokens, the stop token left out. */
  readonly tokens: number;
  /** `limit`: the reply was cut. `stuck`: one token again and again. */
  readonly ended: 'model' | 'rule' | 'limit' | 'stuck';
}

export interface LikelihoodsRequest {
  readonly prompt: TextPrompt;
  /** Continuations of the prompt whose likelihoods are wanted. */
  readonly texts: readonly string[];
}

/** Work done since the engine was opened, in tokens. */
export interface TextWork {
  /** Prompt and continuation tokens that were computed. */
  readonly computed: number;
  /** Prompt tokens whose state was at hand from the prompt before. */
  readonly reused: number;
  readonly decoded: number;
}

export interface TextLoadRequest {
  readonly source: ModelSource;
  readonly device: Device;
  readonly dtype: Dtype;
  /** WASM threads. */
  readonly threads: number;
  readonly rung: Rung;
  /** Most bytes that 4-bit weights may take unpacked on WASM; see LoadRequest. */
  readonly unpackBytes?: number;
}

export interface LoadedText {
  readonly modelType: string;
  readonly device: DeviceFacts;
  readonly libraries: Readonly<Record<string, string>>;
  /** Matrices that were unpacked from 4 bits at load. */
  readonly unpacked: number;
  readonly seconds: number;
}

export interface TextMeters {
  readonly work: TextWork;
  readonly wasmBytes: number;
  readonly gpuBytesPeak: number;
  readonly deviceLost: string | null;
}

/** What a text worker answers to, one call at a time. */
export interface TextApi {
  load(request: TextLoadRequest): Promise<Result<LoadedText>>;
  /** As EngineApi's. */
  checkOperators(request: OperatorCheckRequest): Promise<Result<readonly CheckResult[]>>;
  generate(request: GenerateRequest): Promise<Result<Generated>>;
  /**
   * @param plain true: every continuation by a full forward of its own; false: behind the kept prompt; left out: as the model is to be computed, which is
   * behind the kept prompt unless it is in 8 bits (`scaledByRun`)
   */
  likelihoods(request: LikelihoodsRequest, plain?: boolean): Promise<Result<readonly OptionScore[]>>;
  /** Ends the call in hand with the fault 'stopped' before its next token. */
  cancel(): Promise<void>;
  meters(): Promise<TextMeters>;
  dispose(): Promise<void>;
}
