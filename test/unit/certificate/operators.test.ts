import { readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  brokenCase,
  compareOutput,
  fillInput,
  operatorLimit,
  readManifest,
  sizeOf,
  type CaseOutput,
  type OperatorCase,
} from '../../../src/core/certificate/operators.ts';

const folder = new URL('../../../public/certificate/', import.meta.url);
const index = JSON.parse(readFileSync(new URL('index.json', folder), 'utf8')) as unknown;
const floats = statSync(new URL('expected.bin', folder)).size / 4;
const manifest = readManifest(index, floats);

/** Printed by fill.py: uniform(1000, [6], 2) and uniform(11042, [4], 0.25). */
const GOLDEN_1000 = [1.931640625, 1.802734375, 1.451171875, -0.4140625, 0.798828125, -1.5703125];
const GOLDEN_11042 = [0.24853515625, 0.134033203125, -0.0341796875, 0.234619140625];

describe('fillInput', () => {
  it('makes the values that tools/make/certificate/fill.py makes', () => {
    const uniform = (seed: number, scale: number, n: number): number[] => [
      ...fillInput({ dims: [n], fill: { kind: 'uniform', seed, scale } }, false),
    ];
    expect(uniform(1000, 2, 6)).toEqual(GOLDEN_1000);
    expect(uniform(11042, 0.25, 4)).toEqual(GOLDEN_11042);
  });

  it('masks what comes later, behind a past', () => {
    const values = fillInput({ dims: [1, 1, 2, 4], fill: { kind: 'causal' } }, true);
    expect([...values]).toEqual([0, 0, 0, -65504, 0, 0, 0, 0]);
  });

  it('counts and repeats', () => {
    expect([...fillInput({ dims: [1, 3], fill: { kind: 'range', start: 40 } }, false)]).toEqual([40, 41, 42]);
    expect([...fillInput({ dims: [], fill: { kind: 'constant', value: 68 } }, false)]).toEqual([68]);
  });

  it('makes nothing for an empty past', () => {
    expect(fillInput({ dims: [1, 2, 0, 32], fill: { kind: 'uniform', seed: 1, scale: 1 } }, false)).toHaveLength(0);
  });
});

const OUTPUT: CaseOutput = {
  name: 'y',
  operator: 'MatMul',
  words: '2 x 2',
  dims: [1, 5],
  stride: 2,
  offset: 1,
  count: 3,
  peak: 4,
};
const CASE: OperatorCase = { id: 'x', graph: 'x', past: 40, length: 5, inputs: [], outputs: [OUTPUT] };
const EXPECTED = Float32Array.of(99, 1, 2, 4);

describe('compareOutput', () => {
  it('measures the error against the largest value', () => {
    const r = compareOutput(CASE, OUTPUT, Float32Array.of(1, 0, 2.5, 0, 4), EXPECTED, false);
    expect(r).toMatchObject({ error: 0.125, passed: false, limit: 1e-4, length: 5, name: 'MatMul (2 x 2), 40 + 5' });
    expect(r.detail).toContain('element 2 of 5');
  });

  it('passes what is within the limit', () => {
    const r = compareOutput(CASE, OUTPUT, Float32Array.of(1, 0, 2.0001, 0, 4), EXPECTED, false);
    expect(r.passed).toBe(true);
  });

  it('fails on what is not a number, sampled or not', () => {
    const r = compareOutput(CASE, OUTPUT, Float32Array.of(1, NaN, 2, 0, 4), EXPECTED, false);
    expect(r).toMatchObject({ error: null, passed: false });
  });

  it('fails on another shape', () => {
    expect(compareOutput(CASE, OUTPUT, Float32Array.of(1, 0, 2), EXPECTED, false).passed).toBe(false);
  });
});

it('a case that did not run fails for each output', () => {
  const r = brokenCase(CASE, 'no kernel', true);
  expect(r).toHaveLength(1);
  expect(r[0]).toMatchObject({ passed: false, error: null, detail: 'It did not run: no kernel' });
});

it('limits follow the arithmetic', () => {
  expect(operatorLimit('Softmax', false)).toBeLessThan(operatorLimit('Softmax', true));
  expect(operatorLimit('MatMulNBits, accuracy level 4', false)).toBeGreaterThan(operatorLimit('MatMulNBits', false));
});

describe('public/certificate', () => {
  const cases = manifest?.cases ?? [];

  it('is a manifest whose samples tile expected.bin', () => {
    expect(manifest).not.toBeNull();
    const spans = cases.flatMap((c) => c.outputs).map((o) => [o.offset, o.offset + o.count] as const);
    for (const [i, [start]] of spans.entries()) expect(start).toBe(i === 0 ? 0 : spans[i - 1]?.[1]);
    expect(spans.at(-1)?.[1]).toBe(floats);
  });

  it('has both precisions of every graph and nothing else, under 1.5 MB', () => {
    const files = new Set(cases.flatMap((c) => [`${c.graph}.onnx`, `${c.graph}_fp16.onnx`]));
    const there = readdirSync(folder);
    expect(there.sort()).toEqual([...files, 'expected.bin', 'index.json'].sort());
    expect(there.reduce((n, f) => n + statSync(new URL(f, folder)).size, 0)).toBeLessThan(1_500_000);
  });

  it.each([
    'GroupQueryAttention',
    'MultiHeadAttention',
    'Attention in steps',
    'MatMulNBits',
    'MatMulNBits, accuracy level 4',
    'LayerNormalization',
    'SimplifiedLayerNormalization',
    'SkipSimplifiedLayerNormalization',
    'RotaryEmbedding',
    'Conv',
    'Softmax',
    'Gelu',
    'QuickGelu',
    'SiLU',
  ])('checks %s', (operator) => {
    expect(cases.some((c) => c.outputs.some((o) => o.operator === operator))).toBe(true);
  });

  it('checks grouped attention at all lengths, with and without past, first where it is known to fail', () => {
    const attention = cases.filter((c) => c.graph === 'gqa_6_2_32');
    const lengths = new Set(attention.filter((c) => c.past === 0).map((c) => c.length));
    expect(lengths).toEqual(new Set([1, 5, 40, 69, 200]));
    for (const past of [
      [40, 1],
      [40, 5],
      [40, 40],
      [200, 1],
    ])
      expect(attention.some((c) => c.past === past[0] && c.length === past[1])).toBe(true);
    expect(cases[0]).toMatchObject({ graph: 'gqa_6_2_32', length: 69 });
  });

  it('samples every token of every head of the attention outputs', () => {
    for (const c of cases.filter((x) => /^(gqa|mha|plain)/.test(x.graph)))
      for (const o of c.outputs) expect(o.stride, c.id).toBeLessThan(headSize(o));
  });

  it.each([
    ['a fill of an unknown kind', { kind: 'gaussian' }],
    ['a fill without its seed', { kind: 'uniform', scale: 1 }],
  ])('refuses %s', (_, fill) => {
    const input = { name: 'x', type: 'float', dims: [1], fill };
    expect(readManifest({ version: '1', cases: [{ ...CASE, inputs: [input] }] }, 100)).toBeNull();
  });

  it('refuses samples that do not cover an output or lie outside the file', () => {
    const one = (o: Partial<CaseOutput>, n = 100): unknown =>
      readManifest({ version: '1', cases: [{ ...CASE, outputs: [{ ...OUTPUT, ...o }] }] }, n);
    expect(one({})).not.toBeNull();
    expect(one({ count: 2 })).toBeNull();
    expect(one({}, 3)).toBeNull();
    expect(one({ stride: 0 })).toBeNull();
  });
});

/** From "size N" in the words of an attention output. */
function headSize(o: CaseOutput): number {
  const size = Number(/size (\d+)/.exec(o.words)?.[1]);
  expect(sizeOf(o.dims) % size).toBe(0);
  return size;
}
