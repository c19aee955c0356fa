import { expect, test } from 'vitest';
import { modelKind } from '../../../src/core/models/kind.ts';

const HALF = ['fp16'];

test.each([
  ['vision-language', 'qwen2_vl', { vision_encoder: HALF, embed_tokens: HALF, decoder_model_merged: HALF }],
  ['vision-language', 'multi_modality', { prepare_inputs_embeds: HALF, language_model: HALF, lm_head: HALF }],
  ['vision-language', 'of no family', { vision_encoder: HALF, model: HALF }],
  ['encoder', 'dinov2', { model: HALF }],
  ['encoder', 'clip', { vision_model: HALF, text_model: HALF }],
  ['text', 'qwen2', { model: HALF }],
  ['text', null, { model: HALF }],
  ['other', 'whisper', { encoder_model: HALF }],
] as const)('a %s model: %s', (kind, modelType, dtypes) => expect(modelKind({ modelType, dtypes })).toBe(kind));
