import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nodeNames } from '../../../workers/onnx/graph.ts';

const graph = (path: string): Uint8Array => readFileSync(new URL(`../../families/${path}.onnx`, import.meta.url));
const ROTARY = new Set(['Sin', 'Cos']);

describe('nodeNames', () => {
  it('finds the sines and cosines of a graph that makes its own rotary angles', () => {
    const names = nodeNames(graph('qwen2_vl/model/onnx/decoder_model_merged'), ROTARY);
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(names).size).toBe(names.length);
  });
  it('finds none where the angles are in tables', () => {
    expect(nodeNames(graph('llava/model/onnx/decoder_model_merged'), ROTARY)).toEqual([]);
  });
  it('finds nodes of the graphs that a node holds, as merged decoders have them', () => {
    const merged = graph('florence2/model/onnx/decoder_model_merged');
    expect(nodeNames(merged, new Set(['If'])).length).toBe(1);
    expect(nodeNames(merged, new Set(['Softmax'])).length).toBeGreaterThan(1);
  });
  it('says that a cut graph is cut', () => {
    const whole = graph('llava/model/onnx/embed_tokens');
    expect(() => nodeNames(Uint8Array.of(0x3a, 0x80), ROTARY)).toThrow('in the middle of a number');
    expect(nodeNames(whole, new Set(['Gather'])).length).toBe(1);
  });
});
