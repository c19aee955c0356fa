import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { processorFor } from '../../../src/core/images/processors/registry.ts';
import { resizeCubic } from '../../../src/core/images/resize-cubic.ts';
import type { PlainTensor, Raster } from '../../../src/core/images/types.ts';
import { FOLDER, pictureOf } from './folder.ts';

interface Case {
  readonly input: string;
  readonly num_crops: number;
  readonly image_sizes: readonly [number, number];
  readonly tokens: number;
  readonly shape: readonly number[];
  readonly crops_sha256: string;
  readonly crops_float32_sha256: string;
  readonly whole: readonly number[];
  readonly whole_sum: number;
}
interface File {
  readonly image_mean: readonly number[];
  readonly image_std: readonly number[];
  readonly cases: readonly Case[];
}

/** What the makers' own image_processing_phi3_v.py gives. */
const file = JSON.parse(readFileSync(join(FOLDER, 'phi3.json'), 'utf8')) as File;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const configured = (num_crops: number) => {
  const { image_mean, image_std } = file;
  const preprocessor = { image_processor_type: 'Phi3VImageProcessor', num_crops, image_mean, image_std };
  const found = processorFor({ modelType: 'phi3_v', preprocessor, processor: null, config: {} });
  if (!found.ok) throw new Error(found.fault.message);
  return found.value;
};
const rgb = (picture: Raster): Raster => {
  if (picture.channels === 3) return picture;
  const data = Uint8Array.from(
    { length: picture.width * picture.height * 3 },
    (_, i) => picture.data[Math.floor(i / 3)] ?? 0,
  );
  return { ...picture, channels: 3, data };
};
const numbers = (t: PlainTensor | undefined): Float32Array => {
  if (t?.type !== 'float32') throw new Error('There are no numbers.');
  return t.data;
};
const SIDE = 336;
const CROP = 3 * SIDE * SIDE;

describe("Phi-3-vision's crops", () => {
  it.each(file.cases)('of $input, at most $num_crops, are those of its makers', (c) => {
    const processor = configured(c.num_crops);
    const picture = rgb(pictureOf(c.input));
    const [height, width] = c.image_sizes;
    const count = (height / SIDE) * (width / SIDE);
    const layout = { tiles: count + 1, rows: height / SIDE, cols: width / SIDE, tokens: c.tokens };
    expect(processor.layout(picture.height, picture.width)).toMatchObject(layout);
    const made = processor.prepare(picture, { order: 'horizontal-first' });
    expect(made['image_sizes']).toMatchObject({
      type: 'int64',
      dims: [1, 2],
      data: BigInt64Array.of(BigInt(height), BigInt(width)),
    });
    expect(made['pixel_values']?.dims).toEqual(c.shape);
    const all = numbers(made['pixel_values']);
    const crops = all.slice(CROP, CROP * (count + 1));
    const plane = SIDE * SIDE;
    const bytes = Uint8Array.from(crops, (x, i) => {
      const channel = Math.floor(i / plane) % 3;
      return Math.round((x * (file.image_std[channel] ?? NaN) + (file.image_mean[channel] ?? NaN)) * 255);
    });
    expect(sha256(bytes)).toBe(c.crops_sha256);
    expect(sha256(new Uint8Array(crops.buffer))).toBe(c.crops_float32_sha256);
    expect(all.subarray(CROP * (count + 1)).every((x) => x === 0)).toBe(true);
    const whole = all.subarray(0, CROP);
    const far = c.whole.map((x, i) => Math.abs(x - (whole[(i * 7919) % CROP] ?? NaN)));
    expect(Math.max(...far)).toBeLessThan(2e-6);
    expect(Math.abs(whole.reduce((a, b) => a + b, 0) - c.whole_sum)).toBeLessThan(0.05);
  });

  it('of a picture of which nothing would be left are refused in words', () => {
    const line: Raster = { height: 1, width: 5000, channels: 3, data: new Uint8Array(15_000) };
    expect(() => configured(4).prepare(line, { order: 'horizontal-first' })).toThrow(
      /5000 x 1, too narrow for this model/,
    );
  });
});

it('a cubic resize to the same size changes nothing', () => {
  const data = Float32Array.from({ length: 12 }, (_, i) => Math.sin(i));
  expect([...resizeCubic({ width: 4, height: 3, data }, 3, 4)]).toEqual([...data]);
});
