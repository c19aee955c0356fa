import type { ImageRef } from '../images/ref.ts';
import type { ImageIndex, Letter } from '../benchmark/types.ts';
import type { RequestedMethod } from '../methods/names.ts';
import type { ChatSettings } from '../chat/settings.ts';
import type { PromptSet } from '../prompts/types.ts';

/** One question of a group under the methods that are still open. */
export interface QuestionAsk {
  readonly pair: string;
  readonly image: ImageIndex;
  readonly question: string;
  readonly options: Readonly<Record<Letter, string>>;
  readonly methods: readonly RequestedMethod[];
}

/** A planned group in full: what an engine must know to answer it, whatever the engine is. */
export interface GroupAsk {
  readonly image: ImageRef;
  readonly questions: readonly QuestionAsk[];
  readonly promptSet: PromptSet;
  /** What `paraphrase-1`, `paraphrase-2`, ... in methods are. */
  readonly paraphrases: readonly PromptSet[];
  /** The images of the prompt set's shots, in their order. */
  readonly shots: readonly ImageRef[];
  /** What the chat template is told; `DEFAULT_CHAT` where nothing is said. */
  readonly chat?: ChatSettings;
}

/** A prompt as the model reads it. */
export interface RenderedPrompt {
  readonly method: string;
  readonly text: string;
  /** Token ids, image tokens expanded. */
  readonly ids: readonly number[];
}
