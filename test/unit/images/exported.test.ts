import { describe, expect, it } from 'vitest';
import { processorFor } from '../../../src/core/images/processors/registry.ts';
import type { Raster } from '../../../src/core/images/types.ts';

const picture = (height: number, width: number): Raster => ({
  height,
  width,
  channels: 3,
  data: Uint8Array.from({ length: height * width * 3 }, (_, i) => i % 251),
});

const configured = (modelType: string, preprocessor: object, config: object = {}) => {
  const found = processorFor({ modelType, preprocessor, processor: null, config });
  if (!found.ok) throw new Error(found.fault.message);
  return found.value;
};

describe("InternVL's tiles", () => {
  const internvl = configured('internvl', {
    image_processor_type: 'GotOcr2ImageProcessorFast',
    crop_to_patches: false,
    max_patches: 12,
    size: { height: 56, width: 56 },
  });

  // height, width, columns, rows: transformers 5.24, got_ocr2, get_optimal_tiled_canvas with 1 to 12 tiles of 56.
  it.each([
    [56, 56, 1, 1],
    [75, 100, 4, 3],
    [131, 64, 1, 2],
    [200, 900, 5, 1],
    [1000, 333, 2, 6],
    [448, 448, 3, 3],
    [28, 28, 1, 1],
  ])('%i x %i lies on %i columns and %i rows', (height, width, cols, rows) => {
    const tiles = cols * rows === 1 ? 1 : cols * rows + 1;
    expect(internvl.layout(height, width)).toMatchObject({ cols, rows, tiles });
  });

  it('end with the whole picture', () => {
    const { pixel_values } = internvl.prepare(picture(64, 131), { order: 'horizontal-first' });
    expect(pixel_values?.dims).toEqual([3, 3, 56, 56]);
  });

  it('are one where the class is used by another model that does not ask for them', () => {
    const plain = configured('other', {
      image_processor_type: 'GotOcr2ImageProcessor',
      size: { height: 56, width: 56 },
    });
    expect(plain.layout(200, 900).tiles).toBe(1);
  });
});

describe("LLaVA-NeXT's rows", () => {
  const preprocessor = {
    image_processor_type: 'LlavaNextImageProcessor',
    crop_size: { height: 56, width: 56 },
    size: { shortest_edge: 56 },
    image_grid_pinpoints: [
      [56, 112],
      [112, 56],
      [112, 112],
    ],
  };
  const next = configured('llava_next', preprocessor, { vision_config: { image_size: 56, patch_size: 14 } });

  // height, width, rows, sum of place times row: transformers 5.24, LlavaNextModel.pack_image_features on numbered rows.
  it.each([
    [56, 56, 36, 19636],
    [75, 100, 70, 130372],
    [131, 64, 56, 54320],
    [30, 40, 44, 30530],
    [20, 300, 16, 1240],
    [97, 33, 40, 26804],
    [1000, 999, 88, 214216],
  ])('%i x %i are packed as in Hugging Face', (height, width, rows, sum) => {
    const { feature_index } = next.prepare(picture(height, width), { order: 'horizontal-first' });
    const index = feature_index?.type === 'int64' ? [...feature_index.data].map(Number) : [];
    expect(index.length).toBe(rows);
    expect(index.reduce((n, x, i) => n + x * i, 0)).toBe(sum);
  });

  it('are not packed for a model of another type', () => {
    const other = configured('other', preprocessor);
    expect(other.prepare(picture(56, 56), { order: 'horizontal-first' })).not.toHaveProperty('feature_index');
  });
});
