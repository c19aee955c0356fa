import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readNode, readTensor, type GraphNode, type GraphTensor } from '../../../workers/onnx/graph.ts';
import { joinBytes } from '../../../src/core/bytes.ts';
import { fields, lengthField, numberField, text, textField } from '../../../src/core/onnx/protobuf.ts';
import { unpackWeights } from '../../../workers/onnx/unpack.ts';

/** Made by tools/make/shapes/make_packed_graph.py, with the weights that numpy makes of it. */
const read = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(path, import.meta.url)));
const packed = read('data/packed.onnx');
const expected = read('data/packed.f32');
const family = (name: string): Uint8Array => read(`../../families/${name}.onnx`);
const BUDGET = 2 ** 30;

function parts(model: Uint8Array): { nodes: GraphNode[]; tensors: GraphTensor[]; others: number[] } {
  const [nodes, tensors, others]: [GraphNode[], GraphTensor[], number[]] = [[], [], []];
  for (const graph of fields(model)) {
    if (graph.number !== 7) others.push(graph.number);
    else
      for (const f of fields(model, graph.from, graph.to)) {
        if (f.number === 1) nodes.push(readNode(model, f));
        if (f.number === 5) tensors.push(readTensor(model, f));
      }
  }
  return { nodes, tensors, others };
}

/** Key and value of each entry of a tensor's external data. */
function externalData(model: Uint8Array, tensor: GraphTensor): Record<string, string> {
  const entries = [...fields(model, tensor.field.from, tensor.field.to)].filter((f) => f.number === 13);
  return Object.fromEntries(entries.map((e) => [...fields(model, e.from, e.to)].map((f) => text(model, f))));
}

describe('unpackWeights', () => {
  it('gives the weights that the specification gives, to the bit', () => {
    const data = unpackWeights(packed, 'packed.onnx_data', BUDGET)?.data;
    expect(data?.length).toBe((40 * 48 + 48 * 18) * 4);
    expect(Buffer.compare(data ?? new Uint8Array(), expected)).toBe(0);
  });
  it('makes a MatMul of each node with 4-bit weights, and leaves a node with a bias and all else', () => {
    const graph = unpackWeights(packed, 'packed.onnx_data', BUDGET)?.graph ?? new Uint8Array();
    const { nodes, others } = parts(graph);
    expect(nodes.map((n) => [n.operator, n.domain, ...n.inputs, '->', ...n.outputs])).toEqual([
      ['MatMul', '', 'x', 'unpacked/0', '->', 'plain'],
      ['Relu', '', 'plain', '->', 'positive'],
      ['MatMul', '', 'positive', 'unpacked/1', '->', 'zeros'],
      ['MatMulNBits', 'com.microsoft', 'zeros', 'bias_q4', 'bias_scales', '', '', 'bias_b', '->', 'bias'],
    ]);
    expect(others).toEqual(parts(packed).others);
  });
  it('drops the packed weights that nothing uses and names the place of the unpacked ones', () => {
    const graph = unpackWeights(packed, 'packed.onnx_data', BUDGET)?.graph ?? new Uint8Array();
    const { tensors } = parts(graph);
    expect(tensors.map((t) => [t.name, t.type, t.external])).toEqual([
      ['bias_q4', 2, false],
      ['bias_scales', 1, false],
      ['bias_b', 1, false],
      ['unpacked/0', 1, true],
      ['unpacked/1', 1, true],
    ]);
    expect(tensors.filter((t) => t.external).map((t) => externalData(graph, t))).toEqual([
      { location: 'packed.onnx_data', offset: '0', length: '7680' },
      { location: 'packed.onnx_data', offset: '7680', length: '3456' },
    ]);
  });
  it('unpacks every 4-bit matrix of a decoder', () => {
    const count = (name: string): number | undefined => unpackWeights(family(name), 'd', BUDGET)?.nodes;
    expect(count('llava/model/onnx/decoder_model_merged_q4')).toBe(22);
    expect(count('lfm2_vl/model/onnx/decoder_model_merged_q4')).toBe(21);
  });
  it('keeps to its budget, whole or not at all', () => {
    expect(unpackWeights(packed, 'd', expected.length)?.nodes).toBe(2);
    expect(unpackWeights(packed, 'd', expected.length - 1)).toBeNull();
    expect(unpackWeights(packed, 'd', 0)).toBeNull();
  });
  it('leaves a graph without 4-bit weights, and one with parts that it does not read', () => {
    expect(unpackWeights(family('llava/model/onnx/decoder_model_merged'), 'd', BUDGET)).toBeNull();
    // This one has a loop.
    expect(unpackWeights(family('qwen3_5/model/onnx/decoder_model_merged_q4'), 'd', BUDGET)).toBeNull();
    const graph = [...fields(packed)].find((f) => f.number === 7);
    const body = packed.subarray(graph?.from, graph?.to);
    expect(unpackWeights(lengthField(7, body), 'd', BUDGET)?.nodes).toBe(2);
    const branch = lengthField(1, textField(4, 'If'), lengthField(5, textField(1, 'then_branch'), lengthField(6)));
    expect(unpackWeights(lengthField(7, body, branch), 'd', BUDGET)).toBeNull();
    const elsewhere = lengthField(5, numberField(2, 1), textField(8, 'far'), numberField(14, 1));
    expect(unpackWeights(lengthField(7, body, elsewhere), 'd', BUDGET)).toBeNull();
    expect(unpackWeights(joinBytes([packed, lengthField(25)]), 'd', BUDGET)).toBeNull();
  });
  it('keeps packed weights that another node uses, or that the graph takes as an input', () => {
    const graph = [...fields(packed)].find((f) => f.number === 7);
    const body = packed.subarray(graph?.from, graph?.to);
    const shared = lengthField(1, textField(1, 'plain_q4'), textField(2, 'copy'), textField(4, 'Identity'));
    const model = unpackWeights(lengthField(7, body, shared), 'd', BUDGET)?.graph ?? new Uint8Array();
    expect(parts(model).tensors.map((t) => t.name)).toContain('plain_q4');
    const input = lengthField(11, textField(1, 'plain_q4'));
    expect(unpackWeights(lengthField(7, body, input), 'd', BUDGET)?.nodes).toBe(1);
  });
});
