import { common } from './common.ts';
import type { Family } from './types.ts';

/**
 * Moondream 1, and 2 until May 2024 (moondream.py, `answer_question` and `input_embeds`): the beginning-of-text token, the rows of one image, the question
 * in two words of its own; what stands before and behind the image is tokenised by itself. No chat template, one image.
 */
export const moondream1: Family = {
  ...common,
  type: 'moondream1',
  status: 'checked',
  sessionsOf: 'llava',
  plainPrompt: (images, text, placeholder) => `${placeholder.repeat(images)}\n\nQuestion: ${text}\n\nAnswer:`,
};
