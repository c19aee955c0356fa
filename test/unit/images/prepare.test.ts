import { describe, expect, it } from 'vitest';
import { valueTables } from '../../../src/core/images/normalise.ts';
import { layoutOf, prepareImage } from '../../../src/core/images/prepare.ts';
import { smartResize } from '../../../src/core/images/processors/qwen2vl.ts';
import { PROCESSORS } from '../../../src/core/images/processors/registry.ts';
import type { PixelPolicy, ProcessedImage, Raster } from '../../../src/core/images/types.ts';
import { casesOf, floatsOf, pictureOf } from './folder.ts';

const POLICY: PixelPolicy = { passOrder: 'horizontal-first', exif: 'ignore', alpha: 'white' };

function files(preprocessor: unknown, modelType = '', processor: unknown = null, config: unknown = null) {
  return { modelType, preprocessor, processor, config };
}
function prepared(image: Raster, settings: ReturnType<typeof files>): ProcessedImage {
  const r = prepareImage(image, { ...settings, policy: POLICY });
  if (!r.ok) throw new Error(r.fault.message);
  return r.value;
}
function refused(settings: ReturnType<typeof files>, image = flat(30, 20)): string {
  const r = prepareImage(image, { ...settings, policy: POLICY });
  return r.ok ? 'not refused' : r.fault.message;
}
function flat(width: number, height: number, value = 100): Raster {
  return { width, height, channels: 3, data: new Uint8Array(width * height * 3).fill(value) };
}
const bits = (x: Float32Array): Uint8Array => new Uint8Array(x.buffer, x.byteOffset, x.byteLength);

describe("image processors give the tensors of Hugging Face's, bit for bit", () => {
  const cases = casesOf('hf').filter((c) => c.input.endsWith('.png'));
  it.each(cases.map((c) => [c.id, c] as const))('%s', (_, c) => {
    const got = prepared(pictureOf(c.input), files({ ...c.params, image_processor_type: c.params.class }));
    const pixels = got.tensors['pixel_values'];
    if (pixels?.type !== 'float32') throw new Error('no pixel_values');
    expect(pixels.dims).toEqual(c.expected.shape);
    expect(Buffer.compare(bits(pixels.data), bits(floatsOf(c.expected.file)))).toBe(0);
  });
});

describe('normalisation gives the float32 bits of NumPy', () => {
  it.each(casesOf('normalize').map((c) => [c.id, c] as const))('%s', (_, { params, expected }) => {
    const tables = valueTables({ rescale: params.rescale_factor, mean: params.mean, std: params.std });
    const got = tables.map((t) => params.input_values.map((x) => t[x]));
    expect(got).toEqual(expected.values);
  });
});

describe('the layout from the size alone', () => {
  const sizes = [
    [101, 67],
    [64, 96],
    [7, 13],
    [333, 500],
    [20, 28],
    [1, 1],
    [90, 91],
  ] as const;
  const settings = casesOf('hf').map((c) => ({ ...c.params, image_processor_type: c.params.class }));
  const more = [
    {
      image_processor_type: 'Lfm2VlImageProcessor',
      encoder_patch_size: 4,
      tile_size: 24,
      max_image_tokens: 6,
      min_image_tokens: 2,
    },
    { image_processor_type: 'Gemma4ImageProcessor', patch_size: 4, max_soft_tokens: 70 },
  ];
  it.each([...settings, ...more].map((s) => [JSON.stringify(s).slice(0, 120), s] as const))(
    'equals that of the pixels: %s',
    (_, s) => {
      for (const [width, height] of sizes) {
        const layout = layoutOf(width, height, files(s));
        const image = prepareImage(flat(width, height), { ...files(s), policy: POLICY });
        expect(layout.ok).toBe(image.ok);
        if (layout.ok && image.ok) {
          expect(layout.value).toEqual(image.value.layout);
          expect(picturesIn(image.value)).toBe(layout.value.tiles);
        }
      }
    },
  );

  /** Pictures in the tensor that goes to the vision session; rows of patches are one. */
  function picturesIn({ tensors, layout }: ProcessedImage): number {
    const dims = tensors['pixel_values']?.dims ?? [];
    if (tensors['image_grid_thw']) {
      expect(dims[0]).toBe(layout.grid?.reduce((a, b) => a * b));
      return 1;
    }
    if (tensors['num_tiles']) return Number(tensors['num_tiles'].data[0]);
    return dims.length === 5 ? (dims[1] ?? 0) : (dims[0] ?? 0);
  }
});

describe('settings', () => {
  it('that a real Qwen2-VL folder leaves out are filled in by the class: resize, rescale, normalise, bicubic', () => {
    const real = {
      min_pixels: 3136,
      max_pixels: 12845056,
      patch_size: 14,
      temporal_patch_size: 2,
      merge_size: 2,
      image_mean: [0.48145466, 0.4578275, 0.40821073],
      image_std: [0.26862954, 0.26130258, 0.27577711],
      image_processor_type: 'Qwen2VLImageProcessor',
      processor_class: 'Qwen2VLProcessor',
    };
    const full = {
      ...real,
      do_resize: true,
      do_rescale: true,
      do_normalize: true,
      resample: 3,
      rescale_factor: 1 / 255,
    };
    const image = pictureOf('in/noise-rgb-101x67.png');
    const got = prepared(image, files(real, 'qwen2_vl'));
    expect(got).toEqual(prepared(image, files(full, 'qwen2_vl')));
    expect(got.layout).toEqual({ tiles: 1, rows: 0, cols: 0, grid: [1, 4, 8], tokens: 8 });
    expect(got.tensors['image_grid_thw']?.dims).toEqual([1, 3]);
  });

  it('of newer folders are read from processor_config.json, before preprocessor_config.json', () => {
    const nested = {
      image_processor: { image_processor_type: 'SiglipImageProcessorFast', size: { height: 8, width: 6 } },
    };
    const got = prepared(flat(20, 20), files({ image_processor_type: 'ViTImageProcessor' }, '', nested));
    expect(got.tensors['pixel_values']?.dims).toEqual([1, 3, 8, 6]);
  });

  it('take a size as a number: the shortest edge for CLIP, a square for ViT', () => {
    const dims = (s: object): unknown => prepared(flat(40, 20), files(s)).tensors['pixel_values']?.dims;
    expect(dims({ feature_extractor_type: 'CLIPFeatureExtractor', size: 10, do_center_crop: false })).toEqual([
      1, 3, 10, 20,
    ]);
    expect(dims({ image_processor_type: 'ViTImageProcessor', size: 10 })).toEqual([1, 3, 10, 10]);
  });

  it('with null mean what was not said', () => {
    const got = prepared(
      flat(4, 4),
      files({ image_processor_type: 'SiglipImageProcessor', size: { height: 4, width: 4 }, do_normalize: null }),
    );
    expect(got.tensors['pixel_values']?.data[0]).toBeCloseTo(100 / 127.5 - 1, 6);
  });

  it('that divide by zero are refused', () => {
    const zero = { image_processor_type: 'SiglipImageProcessor', image_std: [0.5, 0, 0.5] };
    expect(() => prepared(flat(4, 4), files(zero))).toThrow(
      'preprocessor_config.json has image_std = [0.5,0,0.5], where a number other than 0 for each of three channels is needed.',
    );
  });

  it('leave out the steps that they switch off', () => {
    const off = {
      image_processor_type: 'SiglipImageProcessor',
      do_resize: false,
      do_rescale: false,
      do_normalize: false,
    };
    const got = prepared(flat(5, 3), files(off)).tensors['pixel_values'];
    expect(got?.dims).toEqual([1, 3, 3, 5]);
    expect(got?.data[0]).toBe(100);
  });

  it('of FastVLM pad to a square when config.json says so', () => {
    const s = {
      image_processor_type: 'CLIPImageProcessor',
      size: { shortest_edge: 8 },
      crop_size: 8,
      image_mean: [0, 0, 0],
      image_std: [1, 1, 1],
    };
    const pad = prepared(flat(16, 8), files(s, 'llava_qwen2', null, { image_aspect_ratio: 'pad' })).tensors[
      'pixel_values'
    ];
    const cut = prepared(flat(16, 8), files(s, 'llava_qwen2')).tensors['pixel_values'];
    expect(pad?.data[0]).toBe(0);
    expect(cut?.data[0]).toBeCloseTo(100 / 255, 6);
  });

  it('of LLaVA-OneVision give the browser export one picture, and the class all tiles', () => {
    const s = {
      image_processor_type: 'LlavaOnevisionImageProcessor',
      size: { height: 8, width: 8 },
      image_grid_pinpoints: [
        [8, 16],
        [16, 16],
      ],
    };
    expect(prepared(flat(20, 10), files(s, 'llava_onevision')).tensors['pixel_values']?.dims).toEqual([1, 3, 8, 8]);
    expect(prepared(flat(20, 10), files(s)).tensors['pixel_values']?.dims).toEqual([1, 3, 3, 8, 8]);
  });

  it('of Mistral 3 fill the picture up to whole tokens, and count patches', () => {
    const s = { image_processor_type: 'PixtralImageProcessor', patch_size: 4, size: { longest_edge: 64 } };
    const got = prepared(flat(30, 20), files(s, 'mistral3', { patch_size: 4, spatial_merge_size: 2 }));
    expect(got.tensors['pixel_values']?.dims).toEqual([1, 3, 24, 32]);
    expect(got.layout.grid).toEqual([1, 6, 8]);
  });
});

it('a picture of more patches than LFM2-VL allows keeps all of them, and its mask is as long', () => {
  const s = { encoder_patch_size: 8, max_image_tokens: 4, min_image_tokens: 2, do_image_splitting: false };
  const { tensors } = prepared(flat(7, 97), files({ image_processor_type: 'Lfm2VlImageProcessor', ...s }));
  expect(tensors['pixel_values']?.dims).toEqual([1, 28, 192]);
  expect(tensors['pixel_attention_mask']?.dims).toEqual([1, 28]);
  expect(tensors['spatial_shapes']?.data).toEqual(BigInt64Array.of(14n, 2n));
});

describe('what cannot be prepared is refused in words', () => {
  it.each([
    [
      'an unknown class',
      { image_processor_type: 'DonutImageProcessor' },
      /no image processor of the kind DonutImageProcessor/,
    ],
    ['a folder that names no class', {}, /names no image processor/],
    ['a filter that does not exist', { image_processor_type: 'SiglipImageProcessor', resample: 9 }, /resample = 9/],
    [
      'a size of the wrong kind',
      { image_processor_type: 'SiglipImageProcessor', size: { height: '32', width: 32 } },
      /size\.height/,
    ],
    ['a flag that is no flag', { image_processor_type: 'SiglipImageProcessor', do_resize: 'yes' }, /do_resize = "yes"/],
    ['a crop without a width', { image_processor_type: 'CLIPImageProcessor', crop_size: { height: 3 } }, /crop_size/],
    ['padding to a fixed size', { image_processor_type: 'CLIPImageProcessor', do_pad: true, pad_size: 9 }, /do_pad/],
    [
      'Qwen without a whole size',
      { image_processor_type: 'Qwen2VLImageProcessor', size: { shortest_edge: 784 } },
      /longest_edge/,
    ],
  ])('%s', (_, preprocessor, words) => {
    expect(refused(files(preprocessor))).toMatch(words);
  });

  it('a picture far too long for Qwen', () => {
    const settings = files({ image_processor_type: 'Qwen2VLImageProcessor' });
    expect(refused(settings, flat(2010, 10))).toMatch(/201 times as long/);
    const layout = layoutOf(2010, 10, settings);
    expect(layout.ok).toBe(false);
  });
});

describe("smart resize uses Python's rounding", () => {
  it.each([
    [[28, 20], 8, [32, 16]],
    [[20, 28], 8, [16, 32]],
    [[12, 36], 8, [16, 32]],
  ] as const)('%j by %i', (size, factor, wanted) => {
    expect(smartResize(size, factor, 64, 4096)).toEqual(wanted);
  });
});

it('every class name belongs to one processor', () => {
  const names = PROCESSORS.flatMap((p) => p.names);
  expect(new Set(names).size).toBe(names.length);
});
