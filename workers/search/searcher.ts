import type { Errors } from '../../src/core/discovery/bound.ts';
import { fault, FaultError } from '../../src/core/fault.ts';
import { CELLS, cellOf, emptyHistogram } from '../../src/core/discovery/histogram.ts';
import { BLOCK, type SearchLayout } from '../../src/core/discovery/layout.ts';
import type { FoundInStripes, SearchRequest } from '../../src/protocol/search.ts';
import { findBasis } from './basis.ts';
import { bytesOf, projectRows, quantiseRows, roundingErrors } from './filter.ts';
import type { Kernel } from './kernel.ts';
import { viewsOf } from './memory.ts';
import { createPairList } from './pairs.ts';

/** The search over one memory, as one worker does its share of it. */
export interface Searcher {
  write(set: 'med' | 'gen', from: number, rows: Float32Array): void;
  findBasis(threshold: number): number;
  project(from: number, to: number, size: number): number;
  roundingErrors(from: number, to: number, size: number, most: number): Errors;
  quantise(from: number, to: number, size: number, most: number, errors: Errors, threshold: number): void;
  search(from: number, to: number, size: number, request: SearchRequest): number;
  take(): FoundInStripes;
  nearest(set: 'med' | 'gen', row: number, count: number): { row: number; similarity: number }[];
}

/** @param worker number of this worker, for its room in the memory */
export function createSearcher(
  kernel: Kernel,
  memory: WebAssembly.Memory,
  layout: SearchLayout,
  worker: number,
): Searcher {
  const views = viewsOf(memory, layout);
  const scratch = layout.scratch + worker * layout.scratchBytes;
  const list = scratch;
  const area = BLOCK.rows * BLOCK.columns * 4;
  const meds = (scratch + area) / 4;
  const gens = (scratch + 2 * area) / 4;
  const pairs = createPairList();
  let histogram = emptyHistogram();
  let candidates = 0;
  let survivors = 0;

  /** Products of the survivors of one block: by the medical encoder, and for those at the floor by the general one. */
  function decide(count: number, row: number, column: number, request: SearchRequest): void {
    const { med, gen } = layout;
    let later = 0;
    for (let p = 0; p < count; p++) {
      const v = views.ints[list / 4 + p] as number;
      // Each pair once: the second image lies behind the first.
      if (column + (v & 0xffff) > row + (v >>> 16)) views.ints[list / 4 + later++] = v;
    }
    survivors += later;
    kernel.dots(list, later, med.at + row * med.stride, med.at + column * med.stride, med.stride, scratch + area);
    let at = 0;
    const floor = Math.fround(request.floor);
    for (let p = 0; p < later; p++) {
      const similarity = views.floats[meds + p] as number;
      if (similarity < floor) continue;
      views.ints[list / 4 + at] = views.ints[list / 4 + p] as number;
      views.floats[meds + at++] = similarity;
    }
    candidates += at;
    kernel.dots(list, at, gen.at + row * gen.stride, gen.at + column * gen.stride, gen.stride, scratch + 2 * area);
    const keepMed = Math.fround(request.keep.med);
    const keepGen = Math.fround(request.keep.gen);
    for (let p = 0; p < at; p++) {
      const a = views.floats[meds + p] as number;
      const b = views.floats[gens + p] as number;
      const cell = cellOf(a) * CELLS + cellOf(b);
      histogram[cell] = (histogram[cell] as number) + 1;
      if (a < keepMed || b > keepGen) continue;
      const v = views.ints[list / 4 + p] as number;
      pairs.push(row + (v >>> 16), column + (v & 0xffff), a, b);
    }
  }

  return {
    write(set, from, rows) {
      const { dims } = layout[set];
      for (let r = 0; r * dims < rows.length; r++)
        if (!unit(rows.subarray(r * dims, (r + 1) * dims), views.row(set, from + r)))
          throw new FaultError(noDirection(set, from + r));
    },
    findBasis: (threshold) => findBasis(kernel, views, layout, scratch, threshold),
    project: (from, to, size) => projectRows(kernel, views, layout, scratch, [from, to], size),
    roundingErrors: (from, to, size, most) => roundingErrors(views, layout, [from, to], size, most),
    quantise: (from, to, size, most, errors, threshold) =>
      quantiseRows(views, layout, [from, to], size, most, errors, threshold),
    search(from, to, size, request) {
      const bytes = bytesOf(size);
      const first = Math.floor(from / BLOCK.columns) * BLOCK.columns;
      for (let column = first; column < layout.rows; column += BLOCK.columns)
        for (let row = from; row < Math.min(to, column + BLOCK.columns); row += BLOCK.rows) {
          const count = kernel.scan(
            layout.rowBytes + row * bytes,
            layout.rowLimits + row * 4,
            Math.min(BLOCK.rows, Math.ceil((to - row) / 4) * 4),
            layout.columnBytes + column * bytes,
            layout.columnBiases + column * 4,
            BLOCK.columns / 8,
            bytes,
            list,
          );
          if (count > 0) decide(count, row, column, request);
        }
      if (pairs.size() > request.most) throw new FaultError(tooMany(request));
      return pairs.size();
    },
    take() {
      const taken = { candidates, survivors, histogram, pairs: pairs.take() };
      [candidates, survivors, histogram] = [0, 0, emptyHistogram()];
      return taken;
    },
    nearest(set, row, count) {
      const x = views.row(set, row);
      const all: { row: number; similarity: number }[] = [];
      for (let r = 0; r < layout.rows; r++) {
        const y = views.row(set, r);
        let similarity = 0;
        for (let i = 0; i < x.length; i++) similarity += (x[i] as number) * (y[i] as number);
        if (r !== row) all.push({ row: r, similarity });
      }
      return all.sort((a, b) => b.similarity - a.similarity || a.row - b.row).slice(0, count);
    },
  };
}

/** Writes a row with unit length; a row that has it already, to float32 rounding, stays as it is. @returns false where it has no direction */
function unit(from: Float32Array, to: Float32Array): boolean {
  let square = 0;
  for (const x of from) square += x * x;
  if (!(square > 0) || !Number.isFinite(square)) return false;
  const scale = Math.abs(square - 1) < 2e-6 ? 1 : 1 / Math.sqrt(square);
  for (let i = 0; i < from.length; i++) to[i] = (from[i] as number) * scale;
  return true;
}

function noDirection(set: 'med' | 'gen', row: number): ReturnType<typeof fault> {
  return fault(
    'unreadable',
    `The ${set === 'med' ? 'medical' : 'general'} embedding of image ${row + 1} has no direction: its numbers are all 0, or not finite. Embed that image again.`,
    { set, row: row + 1 },
  );
}

function tooMany({ most, keep }: SearchRequest): ReturnType<typeof fault> {
  return fault(
    'out-of-memory',
    `More than ${most} pairs have sim_med >= ${keep.med} and sim_gen <= ${keep.gen}, more than can be kept. Raise the first threshold or lower the second.`,
    { most },
  );
}
