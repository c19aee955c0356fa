import type { Family } from './types.ts';

const DECODER = ['vision_encoder', 'embed_tokens', 'decoder_model_merged'] as const;

/** Session files that a family loads, without dtype suffix and ending; what a dtype is chosen for. */
export function sessionFiles({ architecture }: Pick<Family, 'architecture'>): readonly string[] {
  return architecture === 'encoder-decoder' ? [...DECODER, 'encoder_model'] : DECODER;
}
