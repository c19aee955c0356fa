import {
  columnBias,
  limitOf,
  projectionError,
  residual,
  rowBias,
  scalesOf,
  Y_SHIFT,
  type Errors,
} from '../../src/core/discovery/bound.ts';
import { BLOCK, type SearchLayout } from '../../src/core/discovery/layout.ts';
import type { Kernel } from './kernel.ts';
import type { Views } from './memory.ts';

/** A limit and a bias that no padding row can ever pass. */
const NEVER = 0x3fffffff;

/** Bytes of a row: its coordinates, and four for what the basis does not hold, of which one is used. */
export const bytesOf = (size: number): number => size + 4;

/**
 * Projects rows on the first `size` basis vectors.
 * @param scratch address of room for one centred row
 * @returns the largest coordinate or residual
 */
export function projectRows(
  kernel: Kernel,
  views: Views,
  layout: SearchLayout,
  scratch: number,
  [from, to]: readonly [number, number],
  size: number,
): number {
  const { dims, stride } = layout.med;
  const mean = views.floats.subarray(layout.mean / 4, layout.mean / 4 + dims);
  const centred = views.floats.subarray(scratch / 4, scratch / 4 + stride / 4).fill(0);
  let most = 0;
  for (let row = from; row < to; row++) {
    const x = views.row('med', row);
    let [square, along] = [0, 0];
    for (let i = 0; i < dims; i++) {
      const c = Math.fround((x[i] as number) - (mean[i] as number));
      centred[i] = c;
      square += c * c;
      along += c * (mean[i] as number);
    }
    const at = layout.projections + row * size * 4;
    kernel.multiply(scratch, 1, layout.basis, size, stride, at, size * 4);
    const u = views.floats.subarray(at / 4, at / 4 + size);
    let held = 0;
    for (const c of u) {
      held += c * c;
      most = Math.max(most, Math.abs(c));
    }
    const rest = residual(square, held, dims, size);
    most = Math.max(most, rest);
    views.floats[layout.along / 4 + row] = along;
    views.floats[layout.lengths / 4 + row] = Math.sqrt(held);
    views.floats[layout.residuals / 4 + row] = rest;
  }
  return most;
}

const projectionOf = (views: Views, layout: SearchLayout, row: number, size: number): Float32Array => {
  const at = layout.projections / 4 + row * size;
  return views.floats.subarray(at, at + size);
};

/** The largest distances between projections and their bytes (E and F of the proof), with what float32 may add. */
export function roundingErrors(
  views: Views,
  layout: SearchLayout,
  [from, to]: readonly [number, number],
  size: number,
  most: number,
): Errors {
  const scales = scalesOf(most);
  let [x, y] = [0, 0];
  for (let row = from; row < to; row++) {
    let [ex, ey] = [0, 0];
    for (const u of projectionOf(views, layout, row, size)) {
      ex += (u - scales.x * Math.round(u / scales.x)) ** 2;
      ey += (u - scales.y * Math.round(u / scales.y)) ** 2;
    }
    [x, y] = [Math.max(x, ex), Math.max(y, ey)];
  }
  const added = projectionError(layout.med.dims, size) + 1e-6;
  return { x: Math.sqrt(x) + added, y: Math.sqrt(y) + added };
}

/** Writes the bytes, limits and biases of rows: x row by row, y interleaved in groups of eight by four bytes, as the kernel reads them. */
export function quantiseRows(
  views: Views,
  layout: SearchLayout,
  [from, to]: readonly [number, number],
  size: number,
  most: number,
  errors: Errors,
  threshold: number,
): void {
  const scales = scalesOf(most);
  const mean = views.floats.subarray(layout.mean / 4, layout.mean / 4 + layout.med.dims);
  const limit = limitOf(
    threshold,
    mean.reduce((n, v) => n + v * v, 0),
    scales,
    errors,
  );
  const bytes = bytesOf(size);
  const slack = 1e-5; // of `along` and `length`, which are kept as float32
  for (let row = from; row < to; row++) {
    const u = projectionOf(views, layout, row, size);
    const rest = views.floats[layout.residuals / 4 + row] as number;
    const along = (views.floats[layout.along / 4 + row] as number) + slack;
    const length = (views.floats[layout.lengths / 4 + row] as number) + projectionError(layout.med.dims, size);
    const x = layout.rowBytes + row * bytes;
    let sum = 0;
    for (let i = 0; i < size; i++) {
      const p = Math.round((u[i] as number) / scales.x);
      sum += p;
      views.bytes[x + i] = p;
      views.bytes[columnByte(layout, row, i, bytes)] = Math.round((u[i] as number) / scales.y) + Y_SHIFT;
    }
    const p = Math.min(127, Math.ceil(rest / scales.x));
    sum += p;
    views.bytes[x + size] = p;
    views.bytes[columnByte(layout, row, size, bytes)] = Math.min(63, Math.ceil(rest / scales.y)) + Y_SHIFT;
    for (let i = size + 1; i < bytes; i++) {
      views.bytes[x + i] = 0;
      views.bytes[columnByte(layout, row, i, bytes)] = Y_SHIFT;
    }
    views.ints[layout.rowLimits / 4 + row] = limit - rowBias({ along, length, sum }, scales, errors);
    views.ints[layout.columnBiases / 4 + row] = columnBias({ along, length }, scales, errors);
  }
  if (to === layout.rows) padRows(views, layout);
}

function columnByte(layout: SearchLayout, row: number, i: number, bytes: number): number {
  return layout.columnBytes + (row >> 3) * 8 * bytes + (i >> 2) * 32 + (row & 7) * 4 + (i & 3);
}

/** Rows behind the last one, up to a whole block, never survive. */
function padRows(views: Views, layout: SearchLayout): void {
  const end = Math.ceil(layout.rows / BLOCK.columns) * BLOCK.columns;
  for (let row = layout.rows; row < end; row++) {
    views.ints[layout.rowLimits / 4 + row] = NEVER;
    views.ints[layout.columnBiases / 4 + row] = -NEVER;
  }
}
