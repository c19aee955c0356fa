import { describe, expect, it } from 'vitest';
import { KERNELS } from '../../../src/core/images/filters.ts';
import { resize, type ResizeOptions } from '../../../src/core/images/resize.ts';
import { createTapCache, makeTaps } from '../../../src/core/images/taps.ts';
import type { Raster } from '../../../src/core/images/types.ts';
import { casesOf, pictureOf } from './folder.ts';

const plain = casesOf('resize').filter((c) => !c.params.reducing_gap);

function same(got: Raster, wanted: Raster): void {
  expect([got.width, got.height, got.channels]).toEqual([wanted.width, wanted.height, wanted.channels]);
  expect(Buffer.compare(got.data, wanted.data)).toBe(0);
}

describe('resize gives the pixels of Pillow, bit for bit', () => {
  it.each(plain.map((c) => [c.id, c] as const))('%s', (_, c) => {
    const [width, height] = c.params.size;
    const options: ResizeOptions = {
      width,
      height,
      filter: c.params.resample,
      order: 'pillow13',
      box: c.params.box ?? undefined,
    };
    same(resize(pictureOf(c.input), options), pictureOf(c.expected.file));
    if (c.expected.pillow12_file)
      same(resize(pictureOf(c.input), { ...options, order: 'horizontal-first' }), pictureOf(c.expected.pillow12_file));
  });
});

describe('resize', () => {
  const noise = pictureOf('in/noise-rgb-101x67.png');
  const options: ResizeOptions = { width: 60, height: 20, filter: 'LANCZOS', order: 'horizontal-first' };

  it('treats four channels as it treats one', () => {
    const pixels = noise.width * noise.height;
    const four = new Uint8Array(pixels * 4);
    const alone = new Uint8Array(pixels);
    for (let i = 0; i < pixels; i++) {
      for (let c = 0; c < 4; c++) four[i * 4 + c] = (noise.data[i * 3 + (c % 3)] ?? 0) ^ (c === 3 ? 0x5a : 0);
      alone[i] = four[i * 4 + 3] ?? 0;
    }
    const fourth = resize({ ...noise, channels: 4, data: four }, options).data.filter((_, i) => i % 4 === 3);
    expect(fourth).toEqual(resize({ ...noise, channels: 1, data: alone }, options).data);
  });

  it('gives the same with a cache of tables, twice', () => {
    const cache = createTapCache(1);
    const first = resize(noise, { ...options, cache });
    expect(resize(noise, { ...options, cache })).toEqual(first);
    expect(resize(noise, options)).toEqual(first);
  });

  it('copies a picture that keeps its size, so that changing one leaves the other', () => {
    const copy = resize(noise, { ...options, width: noise.width, height: noise.height });
    copy.data[0] = 255 - (noise.data[0] ?? 0);
    expect(copy.data[0]).not.toBe(noise.data[0]);
  });
});

describe('coefficients', () => {
  it('of every filter sum to one in fixed point, within the rounding of each', () => {
    for (const filter of ['BOX', 'BILINEAR', 'HAMMING', 'BICUBIC', 'LANCZOS'] as const) {
      const { count, weights, stride } = makeTaps(filter, 97, 31);
      for (let i = 0; i < 31; i++) {
        const row = weights.subarray(i * stride, i * stride + (count[i] ?? 0));
        const sum = row.reduce((a, b) => a + b, 0);
        expect(Math.abs(sum - 2 ** 22)).toBeLessThanOrEqual(row.length);
      }
    }
  });

  it('of the cubic are Keys with a = -0.5', () => {
    expect(KERNELS.BICUBIC.weight(0)).toBe(1);
    expect(KERNELS.BICUBIC.weight(0.5)).toBe(0.5625);
    expect(KERNELS.BICUBIC.weight(-1.5)).toBe(-0.0625);
    expect(KERNELS.BICUBIC.weight(2)).toBe(0);
  });
});
