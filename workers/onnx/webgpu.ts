import type { Rung } from '../../src/protocol/engine.ts';
import { SEARCHED_BYTES } from '../../src/core/onnx/external.ts';
import { nodeNames } from './graph.ts';

const SINE_AND_COSINE: ReadonlySet<string> = new Set(['Sin', 'Cos']);

/**
 * Nodes of a graph that stay on the CPU under WebGPU: WGSL promises sine and cosine to 5e-4 only, so a graph that makes its rotary angles itself would move log p
 * by some 1e-3 (measured on SwiftShader: 7e-3). Exports that keep the angles in tables have no such nodes.
 */
export const preciseNodes = (graph: Uint8Array): readonly string[] =>
  graph.length > SEARCHED_BYTES ? [] : nodeNames(graph, SINE_AND_COSINE);

/** The WebGPU provider, as every session is made with it: models, encoders and operator checks alike. */
export function webgpuProvider({ fp32Accumulation }: Pick<Rung, 'fp32Accumulation'>, onCpu: readonly string[] = []) {
  return {
    name: 'webgpu' as const,
    enableMatmulFp32Accumulation: fp32Accumulation,
    ...(onCpu.length > 0 ? { forceCpuNodeNames: onCpu } : {}),
  };
}
