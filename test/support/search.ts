import { readFile } from 'node:fs/promises';
import { layoutFor } from '../../src/core/discovery/layout.ts';
import type { Matrix } from '../../src/core/discovery/npy.ts';
import type { FoundInStripes, SearchRequest } from '../../src/protocol/search.ts';
import { openKernel, type KernelFile } from '../../workers/search/kernel.ts';
import { createSearcher } from '../../workers/search/searcher.ts';

export const readKernel = async (file: KernelFile): Promise<BufferSource> =>
  new Uint8Array(await readFile(new URL(`../../workers/search/kernels/${file}.wasm`, import.meta.url)));

/** The whole search in one realm, as one worker does it. @param size basis vectors; null: as many as it chooses */
export async function searchAll(
  med: Matrix,
  gen: Matrix,
  request: SearchRequest,
  size: number | null = null,
): Promise<FoundInStripes> {
  const layout = layoutFor(med.rows, med.columns, gen.columns, 1);
  if (!layout.ok) throw new Error(layout.fault.message);
  const pages = Math.ceil(layout.value.bytes / 65536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const searcher = createSearcher(await openKernel(memory, false, readKernel), memory, layout.value, 0);
  searcher.write('med', 0, med.data);
  searcher.write('gen', 0, gen.data);
  const chosen = searcher.findBasis(request.floor);
  const k = size ?? chosen;
  const most = searcher.project(0, med.rows, k);
  const errors = searcher.roundingErrors(0, med.rows, k, most);
  searcher.quantise(0, med.rows, k, most, errors, request.floor);
  for (let from = 0; from < med.rows; from += 512) searcher.search(from, Math.min(med.rows, from + 512), k, request);
  return searcher.take();
}

/** Pseudo-random numbers of a normal distribution (Box-Muller on a linear congruence). */
export function normals(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Rows made one unit long. */
export function unitRows(rows: readonly (readonly number[])[]): Matrix {
  const columns = rows[0]?.length ?? 1;
  const data = new Float32Array(rows.length * columns);
  rows.forEach((row, r) => {
    const length = Math.sqrt(row.reduce((n, x) => n + x * x, 0));
    row.forEach((x, c) => (data[r * columns + c] = x / length));
  });
  return { rows: rows.length, columns, data };
}
