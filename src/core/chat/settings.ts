/** Whether the model is let think before it answers: told not to, told to, or left to its chat template's own habit. */
export const THINKING = ['off', 'on', 'auto'] as const;
export type Thinking = (typeof THINKING)[number];

/** What a run tells the model's chat template; kept in run.json, so that a run that goes on asks what it asked before. */
export interface ChatSettings {
  readonly thinking: Thinking;
  /** The day that a template is given when it asks for today's, YYYY-MM-DD. */
  readonly date: string;
  /** New tokens that a thought may take, on top of the answer's own. */
  readonly thoughtTokens: number;
}

/** The date that Llama's templates write where they are given none: a fixed one, so that a prompt is the same every day. */
export const FIXED_DATE = '2024-07-26';

export const DEFAULT_CHAT: ChatSettings = { thinking: 'off', date: FIXED_DATE, thoughtTokens: 1024 };
