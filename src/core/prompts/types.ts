import type { Letter } from '../benchmark/types.ts';

/**
 * A prompt set is data: templates with {q}, {a}, {b}. `letter` asks for the letter (GD, MC), `open` asks the question only (PS, FF).
 * `system` is the system text; null leaves the model's own template alone. A method may have a wording of its own, under its id.
 */
export interface PromptSet {
  readonly name: string;
  readonly prompts: { readonly letter: string; readonly open: string; readonly [method: string]: string };
  readonly system: string | null;
  /** Text written after the generation prompt (prefill-style endings), '' for none. */
  readonly answerPrefix?: Readonly<Record<string, string>>;
  /** Worked examples shown before the question (Med-Flamingo's layout). */
  readonly fewShot?: FewShot;
}

/** One worked example: an image of the user's own, a question with its options, and the right letter. */
export interface Shot {
  /** Name of the image file; none ship. */
  readonly image: string;
  readonly question: string;
  readonly options: Readonly<Record<Letter, string>>;
  readonly answer: Letter;
}

export interface FewShot {
  /** What stands before the first example. */
  readonly preamble: string;
  readonly shots: readonly Shot[];
}
