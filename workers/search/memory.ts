import type { SearchLayout } from '../../src/core/discovery/layout.ts';

/** Views of the search's memory. They stay good: the memory has its whole size from the start. */
export interface Views {
  readonly floats: Float32Array;
  readonly ints: Int32Array;
  readonly bytes: Int8Array;
  /** Row of a set as float32, without its padding. */
  row(set: 'med' | 'gen', row: number): Float32Array;
}

export function viewsOf(memory: WebAssembly.Memory, layout: SearchLayout): Views {
  const floats = new Float32Array(memory.buffer);
  return {
    floats,
    ints: new Int32Array(memory.buffer),
    bytes: new Int8Array(memory.buffer),
    row(set, row) {
      const { at, stride, dims } = layout[set];
      const from = (at + row * stride) / 4;
      return floats.subarray(from, from + dims);
    },
  };
}
