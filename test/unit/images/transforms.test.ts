import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { prepareImage } from '../../../src/core/images/prepare.ts';
import type { PixelPolicy } from '../../../src/core/images/types.ts';
import { pictureOf } from './folder.ts';

/** Made by open_clip and transformers themselves (tools/make/encoders/make_transforms.py). */
const DIR = join(import.meta.dirname, '..', '..', 'encoders', 'transforms');
const Cases = v.object({
  cases: v.array(
    v.object({
      input: v.string(),
      preprocessor: v.record(v.string(), v.unknown()),
      shape: v.array(v.number()),
      offset: v.number(),
    }),
  ),
});
const { cases } = v.parse(Cases, JSON.parse(readFileSync(join(DIR, 'cases.json'), 'utf8')));
const tensors = new Uint8Array(readFileSync(join(DIR, 'tensors.bin')));
const POLICY: PixelPolicy = { passOrder: 'horizontal-first', exif: 'ignore', alpha: 'drop' };

function expected(shape: readonly number[], offset: number): Float32Array {
  return new Float32Array(tensors.slice(offset, offset + 4 * shape.reduce((a, b) => a * b, 1)).buffer);
}

function worst(input: string, preprocessor: unknown, shape: readonly number[], offset: number): number {
  const files = { modelType: '', preprocessor, processor: null, config: null, policy: POLICY };
  const got = prepareImage(pictureOf(input), files);
  if (!got.ok) throw new Error(got.fault.message);
  const pixels = got.value.tensors['pixel_values'];
  if (pixels?.type !== 'float32') throw new Error('no pixel_values');
  expect(pixels.dims).toEqual(shape);
  return expected(shape, offset).reduce((most, x, i) => Math.max(most, Math.abs(x - (pixels.data[i] ?? NaN))), 0);
}

const of = (name: string) =>
  cases
    .filter((c) => String(c.preprocessor['image_processor_type']).startsWith(name))
    .map((c) => {
      const { size, resize_mode: mode = '', interpolation: by = '' } = c.preprocessor;
      return [`${c.input} ${JSON.stringify(size)} ${String(mode)} ${String(by)}`, c] as const;
    });

describe("open_clip's transform of an image", () => {
  // One rounding of float32: open_clip divides by 255 where Hugging Face multiplies.
  it.each(of('OpenClip'))('%s', (_, c) => expect(worst(c.input, c.preprocessor, c.shape, c.offset)).toBeLessThan(1e-6));
});

describe("DINOv3's image processor, which does not round to bytes between its steps", () => {
  it.each(of('DINOv3'))('%s', (_, c) => expect(worst(c.input, c.preprocessor, c.shape, c.offset)).toBeLessThan(1e-5));
});

it('a setting that open_clip does not know is refused in a sentence', () => {
  const preprocessor = { image_processor_type: 'OpenClipImageProcessor', resize_mode: 'stretch' };
  const files = { modelType: '', preprocessor, processor: null, config: null, policy: POLICY };
  const got = prepareImage(pictureOf('in/blocks-rgb-7x13.png'), files);
  expect(got.ok ? '' : got.fault.message).toBe(
    'preprocessor_config.json has resize_mode = "stretch", where shortest, longest, squash is needed.',
  );
});
