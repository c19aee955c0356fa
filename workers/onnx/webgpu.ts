import type { Rung } from '../../src/protocol/engine.ts';
import { SEARCHED_BYTES } from '../../src/core/onnx/external.ts';
import { nodeNames } from './graph.ts';

/** Operators that ONNX Runtime's WebGPU does not compute rightly, or not exactly enough (docs/certificate.md). */
const ON_CPU: ReadonlySet<string> = new Set(['Sin', 'Cos', 'And']);

/**
 * Nodes of a graph that stay on the CPU under WebGPU. Sin and Cos: WGSL promises them to 5e-4 only, so a graph that makes its rotary angles itself would move
 * log p by some 1e-3 (measured on SwiftShader: 7e-3). Exports that keep the angles in tables have no such nodes. And: all `And` nodes of a worker that are
 * broadcast along 4 columns at a time share the program of the first, whichever of their inputs is spread, and masks come out wrong without an error.
 */
export const cpuNodes = (graph: Uint8Array): readonly string[] =>
  graph.length > SEARCHED_BYTES ? [] : nodeNames(graph, ON_CPU);

/** The WebGPU provider, as every session is made with it: models, encoders and operator checks alike. */
export function webgpuProvider({ fp32Accumulation }: Pick<Rung, 'fp32Accumulation'>, onCpu: readonly string[] = []) {
  return {
    name: 'webgpu' as const,
    enableMatmulFp32Accumulation: fp32Accumulation,
    ...(onCpu.length > 0 ? { forceCpuNodeNames: onCpu } : {}),
  };
}
