import { describe, expect, it } from 'vitest';
import { familyOf, rolesOf } from '../../../../src/core/models/families/registry.ts';
import { isDecoder, seesImages, sessionFiles, tableSession } from '../../../../src/core/models/families/sessions.ts';

const filesOf = (type: string): readonly string[] => {
  const family = familyOf({ model_type: type });
  return family.ok ? sessionFiles(family.value) : [];
};

describe('the session files of a family', () => {
  it.each([
    ['llava', ['vision_encoder', 'embed_tokens', 'decoder_model_merged']],
    ['instructblip', ['vision_encoder', 'embed_tokens', 'decoder_model_merged', 'encoder_model']],
    ['multi_modality', ['prepare_inputs_embeds', 'language_model', 'lm_head']],
    ['phi3_v', ['vision_encoder', 'prepare_inputs_embeds', 'model']],
  ])('%s: each once, and none that only draws pictures', (type, files) => {
    expect(filesOf(type)).toEqual(files);
  });

  it('have roles, those of most families where the family is not known', () => {
    expect(rolesOf({ model_type: 'multi_modality' })).toMatchObject({
      vision: 'prepare_inputs_embeds',
      decoder: 'language_model',
      head: 'lm_head',
    });
    expect(rolesOf({ model_type: 'of no family' })).toMatchObject({ vision: 'vision_encoder', head: null });
  });

  it('are known by name: those that see, those that write, and the table of embeddings', () => {
    expect(['vision_encoder', 'prepare_inputs_embeds', 'model'].map((s) => seesImages([s]))).toEqual([
      true,
      true,
      false,
    ]);
    expect(['decoder_model_merged', 'language_model', 'model', 'lm_head'].map(isDecoder)).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(tableSession(filesOf('llava'))).toBe('embed_tokens');
    // Its file holds the vision tower, too: its size says nothing of the table's.
    expect(tableSession(filesOf('multi_modality'))).toBeUndefined();
    expect(tableSession(filesOf('phi3_v'))).toBe('prepare_inputs_embeds');
  });
});
