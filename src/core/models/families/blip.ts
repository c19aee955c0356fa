import { numberAt } from '../../json.ts';
import { common } from './common.ts';
import type { Family, FamilyFiles } from './types.ts';

/** BLIP-2's prompts: an image token for each query, the beginning-of-text token, the text (processing_blip_2.py). No chat template. */
const blip = {
  ...common,
  sessionsOf: 'llava',
  tokenised: 'behind-images',
  plainPrompt: (images: number, text: string, placeholder: string) => `${placeholder.repeat(images)}${text}`,
} as const satisfies Omit<Family, 'type'>;

/** BLIP-2 with a decoder-only language model: the vision session gives the queries' rows. */
export const blip2: Family = { ...blip, type: 'blip-2', status: 'checked' };

/** InstructBLIP: the queries read the prompt's text too (encoder_model, in tools/export's layout), so that an image has other rows for each prompt. */
export const instructblip: Family = {
  ...blip,
  type: 'instructblip',
  status: 'checked',
  sees: 'read',
  sessionsOf: 'florence2',
};

/** Rows that the Q-Former gives of an image. */
export function queryRows(files: FamilyFiles): number {
  return numberAt(files.config, ['num_query_tokens'], 32);
}
