import type { Letter } from '../core/benchmark/types.ts';
import type { Result } from '../core/fault.ts';
import type { Device, Dtype, ModelSource } from './model.ts';

export interface JudgeLoadRequest {
  readonly source: ModelSource;
  readonly device: Device;
  readonly dtype: Dtype;
  readonly threads: number;
}

/** A conversation as the judge reads it; system is left out where the judge's template has no place for it. */
export interface JudgePrompt {
  readonly system: string | null;
  readonly user: string;
}

/** How likely the judge finds each text as its reply, mean log p over the text's tokens. */
export type JudgeLikelihoods = Readonly<
  Record<
    Letter,
    {
      readonly score: number;
      readonly sum: number;
      readonly tokens: readonly number[];
      readonly tokenLogprobs: readonly number[];
    }
  >
>;

/** What a judge worker answers to: a text model, in a worker of its own. */
export interface JudgeApi {
  load(request: JudgeLoadRequest): Promise<Result<{ readonly modelType: string; readonly seconds: number }>>;
  /** Greedy reply, at most `limit` new tokens; also the number of prompt tokens. */
  reply(prompt: JudgePrompt, limit: number): Promise<Result<{ readonly text: string; readonly promptTokens: number }>>;
  /** Likelihood of two texts behind one prompt: the judge that needs no text parsing. */
  likelihoods(prompt: JudgePrompt, texts: Readonly<Record<Letter, string>>): Promise<Result<JudgeLikelihoods>>;
  dispose(): Promise<void>;
}
