import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FAMILIES, familyOf } from '../../../../src/core/models/families/registry.ts';
import { idefics3 } from '../../../../src/core/models/families/idefics3.ts';
import { molmo2 } from '../../../../src/core/models/families/molmo2.ts';
import { phi3v } from '../../../../src/core/models/families/phi3v.ts';
import { qwen2Vl } from '../../../../src/core/models/families/qwen.ts';
import type { FamilyFiles, Vocabulary } from '../../../../src/core/models/families/types.ts';

const files = (config: unknown): FamilyFiles => ({
  config,
  processor: null,
  preprocessor: null,
  tokenizerConfig: null,
});
const vocabulary: Vocabulary = { piece: () => '<i>', id: () => 9 };
const layout = { tiles: 1, rows: 0, cols: 0, grid: null, tokens: null };

/** smolvlm is checked by the demo's own reference. */
const CHECKED_ELSEWHERE = new Set(['smolvlm']);

describe('familyOf', () => {
  it('says of a checked family only what a reference in test/families shows', () => {
    for (const family of Object.values(FAMILIES)) {
      const reference = new URL(`../../../families/${family.type}/reference.json`, import.meta.url);
      const has = existsSync(reference) || CHECKED_ELSEWHERE.has(family.type);
      expect([family.type, family.status]).toEqual([family.type, has ? 'checked' : 'unchecked']);
    }
  });
  it('names each family by its own model_type', () => {
    for (const [key, family] of Object.entries(FAMILIES)) expect(family.type).toBe(key);
  });
  it('refuses what cannot be scored with a reason', () => {
    const found = familyOf({ model_type: 'glm_ocr' });
    expect(found.ok ? '' : found.fault.message).toContain('cannot be scored: it reads documents');
  });
  it('refuses models that see no images', () => {
    const found = familyOf({ model_type: 'llama' });
    expect(found.ok ? '' : found.fault.message).toContain('not an image-text-to-text type');
  });
  it('refuses a configuration without a type', () => {
    expect(familyOf({})).toMatchObject({ ok: false });
    expect(familyOf(null)).toMatchObject({ ok: false });
  });
});

describe('idefics3 prompts', () => {
  it('frames a single image', () => {
    const text = idefics3.expand({ layout, rows: 2 }, files({ image_token_id: 9 }), vocabulary);
    expect(text).toBe('<fake_token_around_image><global-img><i><i><fake_token_around_image>');
  });
  it('names tiles by row and column, and puts the global image last', () => {
    const tiled = { ...layout, tiles: 3, rows: 1, cols: 2 };
    const text = idefics3.expand({ layout: tiled, rows: 3 }, files({ image_token_id: 9 }), vocabulary);
    expect(text).toBe(
      '<fake_token_around_image><row_1_col_1><i><fake_token_around_image><row_1_col_2><i>\n\n<fake_token_around_image><global-img><i><fake_token_around_image>',
    );
  });
});

describe('Phi-3-vision', () => {
  const long = files({ rope_scaling: { type: 'su' }, original_max_position_embeddings: 4 });
  it('counts positions as usual as long as its factors stay the same, and refuses longer prompts in words', () => {
    expect(phi3v.positions([5, 6, 7, 8], [], long, 1)).toEqual([[0, 1, 2, 3]]);
    expect(() => phi3v.positions([5, 6, 7, 8, 9], [], long, 1)).toThrow(
      /^The prompt takes 5 tokens. Beyond 4 this model counts positions otherwise, .*: use fewer examples/,
    );
    expect(phi3v.positions([5, 6, 7, 8, 9], [], files({ original_max_position_embeddings: 4 }), 1)).toHaveLength(1);
  });
  it('names the token that is missing where a tokenizer has none for images', () => {
    expect(() => phi3v.imageTokenId(files({}), { piece: () => null, id: () => null })).toThrow(/no token <\|image\|>/);
  });
});

describe('Molmo 2', () => {
  const seen = { layout: { ...layout, rows: 2, cols: 1, grid: [1, 1, 2] as const }, rows: 4 };
  it('writes the whole picture, then the crops with a mark behind each row', () => {
    const text = molmo2.expand(seen, files({}), vocabulary);
    expect(text).toBe(
      '<low_res_im_start><im_patch><im_patch><im_col><im_end><im_start><im_patch><im_col><im_patch><im_col><im_end>',
    );
  });
  it('leaves out the marks that the processor does not write', () => {
    const processor = { image_use_col_tokens: false, use_single_crop_start_token: false };
    const text = molmo2.expand(seen, { ...files({}), processor }, vocabulary);
    expect(text).toBe('<im_start><im_patch><im_patch><im_end><im_start><im_patch><im_patch><im_end>');
  });
  it('sees one image, whose tokens see each other', () => {
    expect(molmo2.positions([5, 6], [seen], files({}), 1)).toEqual([[0, 1]]);
    expect(() => molmo2.positions([5, 6], [seen, seen], files({}), 1)).toThrow(/without examples that show images/);
  });
});

describe('M-RoPE positions', () => {
  interface Item {
    readonly gd_ids: readonly number[];
    readonly gd_position_ids: readonly (readonly number[])[];
    readonly image_grid_thw: readonly [number, number, number];
  }
  const root = new URL('../../../families/qwen2_vl/', import.meta.url);
  const json = (path: string): unknown => JSON.parse(readFileSync(new URL(path, root), 'utf8'));
  const { items } = json('reference.json') as { items: Record<string, Record<'im_1' | 'im_2', Item>> };
  const config = json('model/config.json');

  it("equal Hugging Face's on every reference prompt", () => {
    for (const pair of Object.values(items))
      for (const item of [pair.im_1, pair.im_2]) {
        const images = [{ layout: { ...layout, grid: item.image_grid_thw }, rows: 0 }];
        expect(qwen2Vl.positions(item.gd_ids, images, files(config), 3)).toEqual(item.gd_position_ids);
      }
  });
  it('are plain without an image', () => {
    expect(qwen2Vl.positions([1, 2, 3], [], files(config), 3)).toEqual([
      [0, 1, 2],
      [0, 1, 2],
      [0, 1, 2],
    ]);
  });
});
