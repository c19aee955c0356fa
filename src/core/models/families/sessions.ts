import type { Family } from './types.ts';

const DECODER = ['vision_encoder', 'embed_tokens', 'decoder_model_merged'] as const;

/** Session files that a family loads, without dtype suffix and ending; what a dtype is chosen for. */
export function sessionFiles({ architecture, sees }: Pick<Family, 'architecture' | 'sees'>): readonly string[] {
  return architecture === 'encoder-decoder' || sees === 'read' ? [...DECODER, 'encoder_model'] : DECODER;
}
