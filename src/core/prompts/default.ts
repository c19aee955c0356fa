import type { PromptSet } from './types.ts';

/** Lookalike's own wording: in one user turn, image first, no system text beyond the model's own template. The demo model learned it. */
export const LOOKALIKE: PromptSet = {
  name: 'lookalike',
  prompts: {
    letter:
      'Look at the image and choose the option that fits.\nQuestion: {q}\nA: {a}\nB: {b}\nReply with the letter of the option.',
    open: 'Question: {q}',
  },
  system: null,
};
