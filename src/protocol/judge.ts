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

/** One prompt, computed once, and what is wanted behind it. */
export interface JudgeAsk {
  readonly prompt: JudgePrompt;
  /** Longest greedy reply in new tokens. */
  readonly limit: number;
  /** Texts whose likelihoods behind the prompt are wanted: the judge that needs no text parsing. null: none. */
  readonly texts: Readonly<Record<Letter, string>> | null;
}

export interface JudgeAnswer {
  readonly text: string;
  readonly likelihoods: JudgeLikelihoods | null;
}

/** What a judge worker answers to: a text model, in a worker of its own. */
export interface JudgeApi {
  load(request: JudgeLoadRequest): Promise<Result<{ readonly modelType: string; readonly seconds: number }>>;
  ask(request: JudgeAsk): Promise<Result<JudgeAnswer>>;
  dispose(): Promise<void>;
}
