import { describe, expect, it } from 'vitest';
import { processorFor } from '../../../src/core/images/processors/registry.ts';
import { resizeSampled } from '../../../src/core/images/resize-sampled.ts';
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

describe("Molmo 2's crops", () => {
  const molmo2 = configured('molmo2', {
    image_processor_type: 'Molmo2ImageProcessor',
    size: { height: 70, width: 70 },
    max_crops: 6,
    overlap_margins: [2, 1],
    patch_size: 14,
    pooling_size: [2, 2],
  });

  // height, width, crops, rows and columns of tokens of the crops, tokens, sum of place times patch: transformers 5.24, Molmo2ImageProcessor.
  it.each([
    [56, 56, 2, 3, 3, 18, 52694],
    [75, 100, 7, 4, 5, 29, 467771],
    [131, 64, 5, 6, 3, 27, 309626],
    [77, 333, 7, 3, 8, 33, 590574],
    [501, 500, 7, 5, 4, 29, 484562],
    [200, 31, 2, 3, 3, 18, 52694],
    [64, 80, 3, 3, 4, 21, 101500],
    [3, 7, 2, 3, 3, 18, 52694],
  ])('%i x %i are cut and pooled as in Hugging Face', (height, width, tiles, rows, cols, tokens, sum) => {
    expect(molmo2.layout(height, width)).toEqual({ tiles, rows, cols, grid: [1, 3, 3], tokens });
    const { pixel_values, image_token_pooling } = molmo2.prepare(picture(height, width), { order: 'horizontal-first' });
    expect(pixel_values?.dims).toEqual([tiles, 25, 588]);
    expect(image_token_pooling?.dims).toEqual([tokens, 4]);
    const patches = image_token_pooling?.type === 'int64' ? [...image_token_pooling.data].map(Number) : [];
    expect(patches.reduce((n, x, i) => n + x * i, 0)).toBe(sum);
  });

  it('of another filter are refused', () => {
    expect(() => configured('molmo2', { image_processor_type: 'Molmo2ImageProcessor', resample: 3 })).toThrow(
      /square crops of whole patches/,
    );
  });
});

describe('a resize without antialias', () => {
  // height, width, new height, new width, sum of place times byte: torch 2.15, interpolate(mode='bilinear') of float32, rounded.
  it.each([
    [30, 40, 56, 56, 5489099043],
    [64, 80, 70, 70, 13512304192],
    [75, 100, 92, 41, 7995730698],
    [16, 16, 70, 70, 14474390553],
    [7, 3, 5, 9, 378864],
    [333, 77, 64, 64, 9435198686],
  ])('of %i x %i to %i x %i is that of torch', (height, width, high, wide, sum) => {
    const { data } = resizeSampled(picture(height, width), high, wide);
    expect(data.reduce((n, x, i) => n + x * (i + 1), 0)).toBe(sum);
  });
});
