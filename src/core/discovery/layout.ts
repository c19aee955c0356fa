import { fail, fault, ok, type Result } from '../fault.ts';

/** Where everything lies in the memory that all search workers share, in bytes; `bytes` is its size. */
export interface SearchLayout {
  readonly rows: number;
  /** Numbers of an embedding, and bytes from one row to the next (a multiple of 64). */
  readonly med: { readonly at: number; readonly dims: number; readonly stride: number };
  readonly gen: { readonly at: number; readonly dims: number; readonly stride: number };
  /** Most basis vectors, a multiple of 4. */
  readonly basisMost: number;
  readonly basis: number;
  readonly mean: number;
  readonly projections: number;
  /** m·x', |u| and what the basis does not hold, for each row, float32. */
  readonly along: number;
  readonly lengths: number;
  readonly residuals: number;
  readonly rowBytes: number;
  readonly columnBytes: number;
  readonly rowLimits: number;
  readonly columnBiases: number;
  /** Each worker's own room. */
  readonly scratch: number;
  readonly scratchBytes: number;
  readonly bytes: number;
}

/** Most basis vectors: more would cost the filter more than the products it saves. */
const BASIS_MOST = 128;
/** Rows of x and of y that one call of the filter compares. */
export const BLOCK = { rows: 64, columns: 256 } as const;
/** WebAssembly addresses 4 GiB; a page keeps clear of the end. */
const MOST_BYTES = 4 * 2 ** 30 - 2 ** 20;

/** Nothing lies at address 0. */
const FREE = 4096;

const up = (n: number, to: number): number => Math.ceil(n / to) * to;

/** Where the parts of a search over so many embeddings lie; refused where they do not fit. */
export function layoutFor(rows: number, medDims: number, genDims: number, workers: number): Result<SearchLayout> {
  let at = FREE;
  const take = (bytes: number): number => {
    const here = at;
    at += up(bytes, 64);
    return here;
  };
  const blocks = up(rows, BLOCK.columns);
  const set = (dims: number): SearchLayout['med'] => {
    const stride = up(dims * 4, 64);
    return { at: take(blocks * stride), dims, stride };
  };
  const med = set(medDims);
  const gen = set(genDims);
  const basisMost = Math.min(BASIS_MOST, up(medDims, 4));
  const scratchBytes = Math.max(BLOCK.rows * BLOCK.columns * 12, sampleBytes(med.stride, medDims));
  const layout: SearchLayout = {
    rows,
    med,
    gen,
    basisMost,
    basis: take(basisMost * med.stride),
    mean: take(med.stride),
    projections: take(rows * basisMost * 4),
    along: take(rows * 4),
    lengths: take(rows * 4),
    residuals: take(rows * 4),
    rowBytes: take(blocks * (basisMost + 4)),
    columnBytes: take(blocks * (basisMost + 4)),
    rowLimits: take(blocks * 4),
    columnBiases: take(blocks * 4),
    scratch: take(workers * scratchBytes),
    scratchBytes,
    bytes: at,
  };
  if (layout.bytes <= MOST_BYTES) return ok(layout);
  return fail(
    fault(
      'out-of-memory',
      `${rows} images with embeddings of ${medDims} and ${genDims} numbers need ${(at / 2 ** 30).toFixed(1)} GiB, and a browser gives 4. Search a part of the collection at a time.`,
      { rows, bytes: at },
    ),
  );
}

/** Embeddings from which the basis is found. */
export const SAMPLE = 2048;
/** Room for the centred sample, turned so that its dimensions are rows, and for the covariance. */
function sampleBytes(stride: number, dims: number): number {
  const padded = up(dims, 4);
  return padded * SAMPLE * 4 + padded * up(padded, 16) * 4 + stride;
}
