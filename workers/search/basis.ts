import { leadingBasis } from '../../src/core/discovery/basis.ts';
import { residual } from '../../src/core/discovery/bound.ts';
import { SAMPLE, type SearchLayout } from '../../src/core/discovery/layout.ts';
import type { Kernel } from './kernel.ts';
import type { Views } from './memory.ts';

/**
 * Finds mean and basis of the medical embeddings from a sample and writes them into the memory.
 * @param scratch address of this worker's room
 * @returns number of leading basis vectors with which the whole search is likely the fastest
 */
export function findBasis(
  kernel: Kernel,
  views: Views,
  layout: SearchLayout,
  scratch: number,
  threshold: number,
): number {
  const { dims } = layout.med;
  const rows = sampleRows(layout.rows);
  const mean = views.floats.subarray(layout.mean / 4, layout.mean / 4 + dims);
  for (const row of rows) views.row('med', row).forEach((x, i) => (mean[i] = (mean[i] ?? 0) + x / rows.length));
  const covariance = covarianceOf(kernel, views, layout, scratch, rows, mean);
  const basis = leadingBasis(covariance, dims, Math.min(layout.basisMost, dims));
  const stride = layout.med.stride / 4;
  for (let v = 0; v < basis.size; v++)
    views.floats.set(basis.vectors.subarray(v * dims, (v + 1) * dims), layout.basis / 4 + v * stride);
  return bestSize(views, layout, rows, mean, basis.vectors, threshold);
}

/** Rows at even distances, so that a sorted collection is sampled through its whole length. */
function sampleRows(rows: number): readonly number[] {
  const count = Math.min(SAMPLE, rows);
  return Array.from({ length: count }, (_, i) => Math.floor((i * rows) / count));
}

function covarianceOf(
  kernel: Kernel,
  views: Views,
  { med }: SearchLayout,
  scratch: number,
  rows: readonly number[],
  mean: Float32Array,
): Float32Array {
  const { dims } = med;
  const padded = Math.ceil(dims / 4) * 4;
  const turned = views.floats.subarray(scratch / 4, scratch / 4 + padded * SAMPLE).fill(0);
  rows.forEach((row, s) => {
    const x = views.row('med', row);
    for (let i = 0; i < dims; i++) turned[i * SAMPLE + s] = (x[i] as number) - (mean[i] as number);
  });
  const out = scratch + padded * SAMPLE * 4;
  kernel.multiply(scratch, padded, scratch, padded, SAMPLE * 4, out, padded * 4);
  const covariance = new Float32Array(dims * dims);
  for (let i = 0; i < dims; i++)
    covariance.set(views.floats.subarray(out / 4 + i * padded, out / 4 + i * padded + dims), i * dims);
  return covariance;
}

/** Costs of one step of the filter (four numbers of one pair) and of one number of a product, as measured; only their ratio matters. */
const COST = { step: 1, product: 1.5 };
const PAIRS = 6000;

/** Tries sizes on pairs of the sample: the filter costs more with each basis vector, and lets fewer pairs through. */
function bestSize(
  views: Views,
  layout: SearchLayout,
  rows: readonly number[],
  mean: Float32Array,
  vectors: Float32Array,
  threshold: number,
): number {
  const { dims } = layout.med;
  const most = Math.min(layout.basisMost, dims);
  const sample = rows.filter((_, i) => i % Math.ceil(rows.length / 256) === 0);
  const centred = sample.map((row) => views.row('med', row).map((x, i) => x - (mean[i] as number)));
  const projected = centred.map((x) => project(x, vectors, dims, most));
  const squares = centred.map((x) => x.reduce((n, v) => n + v * v, 0));
  const along = centred.map((x) => x.reduce((n, v, i) => n + v * (mean[i] as number), 0));
  const meanSquare = mean.reduce((n, v) => n + v * v, 0);
  const sizes = [16, 32, 48, 64, 96, 128].filter((s) => s < most);
  const candidates = [...sizes, Math.ceil(most / 4) * 4];
  const passed = candidates.map(() => 0);
  let tried = 0;
  for (let p = 0; p < PAIRS && sample.length > 1; p++) {
    const a = (p * 7919) % sample.length;
    const b = (p * 104729 + 1 + Math.floor(p / sample.length)) % sample.length;
    if (a === b) continue;
    tried++;
    const base = meanSquare + (along[a] as number) + (along[b] as number);
    candidates.forEach((size, c) => {
      if (base + upper(projected, squares, a, b, Math.min(size, most)) >= threshold - 0.01)
        passed[c] = (passed[c] ?? 0) + 1;
    });
  }
  const cost = (c: number): number =>
    ((candidates[c] ?? 0) / 4) * COST.step + ((passed[c] ?? 0) / Math.max(1, tried)) * dims * COST.product;
  return candidates.reduce(
    (best, size, c) => (cost(c) < cost(candidates.indexOf(best)) ? size : best),
    candidates[0] ?? 4,
  );
}

function project(x: Float32Array, vectors: Float32Array, dims: number, most: number): Float32Array {
  return Float32Array.from({ length: most }, (_, v) => {
    let sum = 0;
    for (let i = 0; i < dims; i++) sum += (x[i] as number) * (vectors[v * dims + i] as number);
    return sum;
  });
}

function upper(
  projected: readonly Float32Array[],
  squares: readonly number[],
  a: number,
  b: number,
  size: number,
): number {
  const [u, v] = [projected[a], projected[b]];
  if (!u || !v) return 0;
  let [dot, uu, vv] = [0, 0, 0];
  for (let i = 0; i < size; i++) {
    const [x, y] = [u[i] as number, v[i] as number];
    dot += x * y;
    uu += x * x;
    vv += y * y;
  }
  return dot + residual(squares[a] ?? 0, uu, 1, 1) * residual(squares[b] ?? 0, vv, 1, 1);
}
