import { describe, expect, it } from 'vitest';
import type { Comparable } from '../../../src/core/certificate/compare.ts';
import { deviceLimit, forwardCheck } from '../../../src/core/certificate/scales.ts';
import { DTYPES, scaledByRun } from '../../../src/core/models/dtypes.ts';

const score = (p: number) => ({ score: p, sum: p, tokens: [1], tokenLogprobs: [p] });
const one = (p: number): Comparable[] => [
  { pair: '1', image: 1, method: 'gd', options: { A: score(p), B: score(-2) } },
];

describe('scaledByRun', () => {
  it('is so where the language part is in 8 bits, under each of their names', () => {
    const found = DTYPES.filter((d) => scaledByRun({ vision_encoder: 'fp32', decoder_model_merged: d }));
    expect(found).toEqual(['q8', 'int8', 'uint8']);
    expect(scaledByRun({ model: 'q8' })).toBe(true);
    expect(scaledByRun({ decoder_model_merged: 'fp32', encoder_model: 'uint8' })).toBe(true);
    expect(scaledByRun({ prepare_inputs_embeds: 'fp32', language_model: 'q4', lm_head: 'q8' })).toBe(true);
  });
  it('is not so where only images or embeddings are', () => {
    expect(scaledByRun({ vision_encoder: 'q8', embed_tokens: 'int8', decoder_model_merged: 'q4' })).toBe(false);
    expect(scaledByRun({ prepare_inputs_embeds: 'q8', language_model: 'q4', lm_head: 'fp32' })).toBe(false);
  });
});

describe('the check against a full forward', () => {
  const q8 = { decoder_model_merged: 'q8' };
  it('fails a shared prefix that gives something else', () => {
    const check = forwardCheck('First item', one(-1), one(-1.01), { decoder_model_merged: 'q4' });
    expect(check).toMatchObject({ kind: 'full-forward', passed: false, limit: 5e-3 });
    expect(deviceLimit({ decoder_model_merged: 'q4' }, { checks: [check] })).toBe(5e-3);
  });
  it('says of 8 bits how far log p is open, and allows another device twice as much', () => {
    const check = forwardCheck('First prompt', one(-1), one(-1.25), q8);
    expect(check).toMatchObject({
      kind: 'scales',
      name: 'First prompt: runs of other tokens',
      error: 0.25,
      passed: true,
    });
    expect(check.detail).toContain('2.5e-1');
    expect(deviceLimit(q8, null, { checks: [check] })).toBe(0.5);
    expect(deviceLimit(q8, { checks: [forwardCheck('First item', one(-1), one(-1), q8)] })).toBe(5e-3);
  });
  it('fails 8 bits whose log p are no numbers', () => {
    expect(forwardCheck('First item', one(-1), one(NaN), q8)).toMatchObject({ passed: false, error: null });
  });
});
