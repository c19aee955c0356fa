import type { ImageRef } from '../core/images/ref.ts';
import type { Result } from '../core/fault.ts';
import type { GroupAsk, RenderedPrompt } from '../core/plan/ask.ts';
import type { Work } from '../core/plan/types.ts';
import type { Outcome } from '../core/records/outcome.ts';
import type { RunInfo } from '../core/records/run-info.ts';
import type { ServerInfo } from '../core/servers/config.ts';
import type { TextEngine } from './text.ts';

/** What is known of the model before it is loaded; run.json names it so. */
export type ModelFacts = Omit<RunInfo['model'], 'dtype'>;

/** What the answers were made with; known once the engine is loaded. */
export interface EngineFacts {
  /** Number formats of the weights by file; empty where the engine does not say. */
  readonly dtype: Readonly<Record<string, string>>;
  /** The device of this browser; null for an engine that computes elsewhere. */
  readonly device: RunInfo['device'] | null;
  /** The server that computes, where one does. */
  readonly server?: ServerInfo;
  readonly libraries: Readonly<Record<string, string>>;
  /** File of the chat template; null where there is none, or the engine does not say. */
  readonly template?: string | null;
  /** What shows that the answers can be trusted, as run.json keeps it; null where there is nothing of the kind. */
  readonly proof: unknown;
}

/** What an engine is doing until it can answer. */
export interface LoadStep {
  /** `waiting`: for another run that has the engine. */
  readonly kind: 'waiting' | 'loading' | 'checking';
  readonly what: string;
}

export interface LoadRequest {
  /** Questions of this run, with which the engine may try itself before it is believed: one an image, at most a few. */
  readonly trial: readonly GroupAsk[];
  says(step: LoadStep): void;
  /** Whether the user asked the run to stop; loading then ends with the fault 'stopped'. */
  stopped(): boolean;
}

export interface Loaded {
  readonly facts: EngineFacts;
  /** Sentences worth showing: what was chosen, and what must be said beside the numbers. */
  readonly messages: readonly string[];
  /** Images encoded in the trial whose features are at hand, so that the run need not encode them again. */
  readonly images: readonly ImageRef[];
}

export interface GroupAnswer {
  /** One for each record that the questions write. A question that could not be asked is a failed outcome of its own. */
  readonly outcomes: readonly Outcome[];
  readonly work: Work;
  /** The group's image as one vector of unit length, where the engine can tell: how alike two images are to the model. */
  readonly imageVector?: Float32Array | null;
}

/**
 * The door to whatever can answer the questions of a run: a model in this browser, or one behind a server. One call at a time, but for `score` where
 * `width` allows more. Faults are answers, not exceptions; which of them are worth another try, the run decides.
 */
export interface Engine {
  readonly model: ModelFacts;
  /** Groups that may be asked about at once; one when absent. */
  readonly width?: number;
  /** Makes the engine ready to be believed: called once, before the first `score`. */
  load(request: LoadRequest): Promise<Result<Loaded>>;
  /** Answers a group. `next`: the image that will be asked about afterwards, so that it can be made ready meanwhile. */
  score(ask: GroupAsk, next: ImageRef | null): Promise<Result<GroupAnswer>>;
  /** The prompts of a group's questions as the model reads them; needs no `load` before it. */
  render(ask: GroupAsk): Promise<Result<readonly RenderedPrompt[]>>;
  /** The loaded model asked without an image; null where that cannot be done. It lives as long as this engine. */
  text(): TextEngine | null;
  /** Lets go of the model, for a reason that its calls in hand then answer with; the next `score` loads it anew. */
  release(reason: string): void;
  /** What shows by now that the answers can be trusted, where that grows while the run goes on; run.json keeps the last of it. */
  proof?(): unknown;
  /** Lets go of everything for good. */
  end(reason: string): void;
}
