import { describe, expect, it } from 'vitest';
import { compareOutcomes, largestDifference, type Comparable } from '../../../src/core/certificate/compare.ts';
import { chooseDtypes, dtypesOf } from '../../../src/core/models/choice.ts';
import { certificateKey } from '../../../src/core/certificate/key.ts';
import { planLadder } from '../../../src/core/certificate/ladder.ts';
import type { Dtype, DtypeMap } from '../../../src/core/models/dtypes.ts';
import { logprobLimit } from '../../../src/core/certificate/limits.ts';

const fp32: DtypeMap = { decoder_model_merged: 'fp32' };
const q4: DtypeMap = { decoder_model_merged: 'q4' };
const request = { dtypeAuto: false, webgpuDtypes: [q4, fp32], wasmDtypes: [q4, fp32] };

describe('planLadder', () => {
  const names = (r: Parameters<typeof planLadder>[0]): string[] =>
    planLadder(r).map((x) => `${x.device} ${x.name} ${x.dtype['decoder_model_merged']}`);

  it('never changes an explicit device or dtype', () => {
    expect(names({ ...request, device: 'webgpu', adapter: { fallback: true } })).toEqual([
      'webgpu as it is q4',
      'webgpu subgroups hidden q4',
      'webgpu subgroups hidden, fp32 accumulation q4',
    ]);
    expect(names({ ...request, device: 'wasm', adapter: null })).toEqual(['wasm WASM q4']);
  });
  it('falls to WASM where the device is auto', () => {
    expect(names({ ...request, device: 'auto', adapter: { fallback: false } })).toHaveLength(4);
    expect(names({ ...request, device: 'auto', adapter: { fallback: false } }).at(-1)).toBe('wasm WASM q4');
  });
  it('takes WASM at once on a software adapter', () => {
    expect(names({ ...request, device: 'auto', adapter: { fallback: true } })).toEqual(['wasm WASM q4']);
  });
  it('tries other dtypes where the dtype is auto', () => {
    expect(names({ ...request, device: 'webgpu', dtypeAuto: true, adapter: { fallback: false } })).toHaveLength(6);
  });
});

describe('compareOutcomes', () => {
  const outcome = (logprob: number, method = 'gd'): Comparable => {
    const option = { score: logprob, sum: logprob, tokens: [1], tokenLogprobs: [logprob] };
    return { pair: '1', image: 1, method, options: { A: option, B: option } };
  };
  it("finds the demo's broken kernels, which change no choice", () => {
    // The smallest error that the broken attention makes on the demo (docs/certificate.md).
    const check = compareOutcomes('reference', 'x', [outcome(-1)], [outcome(-1.03)], logprobLimit({ d: 'fp32' }));
    expect(check.passed).toBe(false);
  });
  it('passes what the arithmetic allows', () => {
    expect(
      compareOutcomes('reference', 'x', [outcome(-1)], [outcome(-1.0005)], logprobLimit({ d: 'fp32' })).passed,
    ).toBe(true);
  });
  it('fails what cannot be compared', () => {
    expect(largestDifference([outcome(-1)], [])).toBeNull();
    expect(largestDifference([outcome(-1)], [outcome(NaN)])).toBeNull();
    expect(compareOutcomes('reference', 'x', [], [], 1).passed).toBe(false);
  });
});

describe('chooseDtypes', () => {
  const paths = [
    'onnx/decoder_model_merged.onnx',
    'onnx/decoder_model_merged_q4.onnx',
    'onnx/decoder_model_merged_q4f16.onnx',
    'onnx/embed_tokens.onnx',
    'onnx/vision_encoder.onnx',
    'onnx/vision_encoder_fp16.onnx',
  ];
  const offered = dtypesOf(paths, ['vision_encoder', 'embed_tokens', 'decoder_model_merged']);
  const choose = (
    asked: string | Record<string, string>,
    device: 'webgpu' | 'wasm' = 'wasm',
    half = false,
    full: readonly Dtype[] = [],
  ) => chooseDtypes({ offered, asked, device, half, full });
  it('reads dtypes from file names', () => {
    expect(offered).toEqual({
      vision_encoder: ['fp32', 'fp16'],
      embed_tokens: ['fp32'],
      decoder_model_merged: ['fp32', 'q4', 'q4f16'],
    });
  });
  it('takes the asked dtype for the decoder, and fp32 for files that lack it', () => {
    expect(choose('q4')).toEqual({
      ok: true,
      value: [{ vision_encoder: 'fp32', embed_tokens: 'fp32', decoder_model_merged: 'q4' }],
    });
  });
  it('prefers half precision on a GPU that has it', () => {
    const chosen = choose('auto', 'webgpu', true);
    expect(chosen.ok && chosen.value[0]).toEqual({
      vision_encoder: 'fp16',
      embed_tokens: 'fp32',
      decoder_model_merged: 'q4f16',
    });
  });
  it('takes full precision where it fits', () => {
    const chosen = choose('auto', 'wasm', false, ['fp32']);
    expect(chosen.ok && chosen.value[0]).toEqual({
      vision_encoder: 'fp32',
      embed_tokens: 'fp32',
      decoder_model_merged: 'fp32',
    });
  });
  it('names what the folder lacks', () => {
    expect(choose('q8')).toEqual({
      ok: false,
      message: 'The model folder has no decoder_model_merged in q8; it has fp32, q4, q4f16.',
    });
    expect(choose({ vision_encoder: 'q4' })).toMatchObject({ ok: false });
  });
});

describe('certificateKey', () => {
  const subject = {
    device: 'webgpu',
    dtype: fp32,
    adapter: { vendor: 'a' },
    features: ['x', 'y'],
    limits: { n: 1 },
    browser: 'b',
    libraries: { l: '1' },
    modelFiles: [{ path: 'p', sha256: 's' }],
    threads: 2,
    lookalike: '0',
  };
  it('ignores order, and nothing else', () => {
    expect(certificateKey({ ...subject, features: ['y', 'x'] })).toBe(certificateKey(subject));
    for (const change of [
      { device: 'wasm' },
      { dtype: q4 },
      { adapter: { vendor: 'b' } },
      { features: ['x'] },
      { limits: { n: 2 } },
      { browser: 'c' },
      { libraries: { l: '2' } },
      { modelFiles: [{ path: 'p', sha256: 't' }] },
      { lookalike: '1' },
    ])
      expect(certificateKey({ ...subject, ...change })).not.toBe(certificateKey(subject));
  });
});
