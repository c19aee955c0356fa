import { describe, expect, it } from 'vitest';
import { fullPrecision } from '../../../src/core/models/full-precision.ts';

const GB = 1e9;
const wasm = { device: 'wasm', half: false, memory: 8 * 2 ** 30 } as const;
const gpu = { device: 'webgpu', half: true, memory: 8 * 2 ** 30 } as const;

describe('full precision', () => {
  it('is taken where its weights fit comfortably', () => {
    expect(fullPrecision(() => GB, wasm)).toEqual({ fits: ['fp32'], why: null });
    expect(fullPrecision((d) => (d === 'fp32' ? 2 : 1) * GB, gpu)).toEqual({ fits: ['fp32', 'fp16'], why: null });
  });

  it('says why not: WASM ends at 4 GB', () => {
    expect(fullPrecision(() => 3 * GB, wasm)).toMatchObject({
      fits: [],
      why: expect.stringContaining('WASM ends at 4 GB'),
    });
  });

  it('is half where a GPU holds no more', () => {
    expect(fullPrecision((d) => (d === 'fp32' ? 8 : 2) * GB, gpu).fits).toEqual(['fp16']);
  });

  it('is not half on a processor', () => {
    expect(fullPrecision((d) => (d === 'fp16' ? GB : null), wasm)).toEqual({
      fits: [],
      why: 'fp32: The folder has not all files in it.',
    });
  });
});
