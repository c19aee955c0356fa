import type { Certificate } from '../core/certificate/types.ts';
import type { Result } from '../core/fault.ts';
import type { OptionScore } from '../core/records/record.ts';
import type { ServerCertificate } from '../core/servers/config.ts';
import type { Device } from '../protocol/model.ts';
import type { Generated, GenerateRequest, LikelihoodsRequest, TextWork } from '../protocol/text.ts';

export type {
  Generated,
  GenerateRequest,
  LikelihoodsRequest,
  Sampling,
  StopRule,
  TextPrompt,
  TextWork,
} from '../protocol/text.ts';

/** What is known of a text model once it can be asked; results name it so. */
export interface TextFacts {
  /** The hub's id, or the folder's name. */
  readonly id: string;
  /** SHA-256 of the graph that was loaded; '' for a model on a server. */
  readonly sha256: string;
  /** A dtype of ours, or as it was stated of a server's model. */
  readonly dtype: string;
  /** Graph and weights that were loaded. */
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
  readonly device: Device | 'server';
  /** null for a run's own model on a server, whose certificate is the run's. */
  readonly certificate: Certificate | ServerCertificate | null;
  /** Sentences worth showing: why this dtype, why this device. */
  readonly messages: readonly string[];
}

/**
 * The door to a text model: judge, writer of questions, namer of categories. Prompts that share a beginning with the one before are computed from where
 * they part, so ask those that share much one after another. One request at a time.
 */
export interface TextEngine {
  readonly facts: TextFacts;
  /** @param signal aborted: ends with the fault 'stopped' before the next token */
  generate(request: GenerateRequest, signal?: AbortSignal): Promise<Result<Generated>>;
  /** Likelihood of each text behind the prompt, in their order; `score` is the mean log p of its tokens. */
  likelihoods(request: LikelihoodsRequest, signal?: AbortSignal): Promise<Result<readonly OptionScore[]>>;
  /** Tokens computed, reused and decoded so far; null where nobody counts. */
  work?(): Promise<TextWork | null>;
  /** Frees the device. */
  end(): void;
}
