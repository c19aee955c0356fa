import type { Result } from '../core/fault.ts';
import type { SearchLayout } from '../core/discovery/layout.ts';
import type { FoundRow, Selection, SelectRequest } from '../core/discovery/select.ts';

export interface OpenRequest {
  readonly layout: SearchLayout;
  /** null: the worker makes its own; then there is only one. */
  readonly memory: WebAssembly.Memory | null;
  /** Which of the workers this is. */
  readonly worker: number;
}

/** What is wanted of the pairs. */
export interface SearchRequest {
  /** Pairs at least this similar to the medical encoder are looked at: counted in the histogram, and compared by the other one. */
  readonly floor: number;
  /** Pairs within these are kept. */
  readonly keep: { readonly med: number; readonly gen: number };
  /** Most pairs that a worker keeps. */
  readonly most: number;
}

/** Pairs as columns: pair p is images first[p] and second[p] (first < second). */
export interface PairColumns {
  readonly first: Uint32Array<ArrayBuffer>;
  readonly second: Uint32Array<ArrayBuffer>;
  readonly med: Float32Array<ArrayBuffer>;
  readonly gen: Float32Array<ArrayBuffer>;
}

export interface FoundInStripes {
  /** Pairs at or above the floor. */
  readonly candidates: number;
  /** Pairs that passed the bound and were multiplied out. */
  readonly survivors: number;
  readonly histogram: Float64Array<ArrayBuffer>;
  readonly pairs: PairColumns;
}

export interface Prepared {
  /** Basis vectors in use. */
  readonly size: number;
  /** Largest coordinate or residual of the rows. */
  readonly most: number;
}

/** What a search worker answers to. The steps follow each other; rows are given in ranges, so that they can be shared out and stopped. */
export interface SearchApi {
  open(request: OpenRequest): Promise<Result<null>>;
  /** Puts rows of one set of embeddings into the memory, each made one unit long. Row numbers from 0. */
  write(set: 'med' | 'gen', from: number, rows: Float32Array): Promise<Result<null>>;
  /** Finds mean and basis; one worker does it. @returns number of basis vectors that promise the fastest search */
  findBasis(threshold: number): Promise<Result<number>>;
  project(from: number, to: number, size: number): Promise<Result<number>>;
  /** Rounds projections to bytes. @param pass 'errors' finds the largest rounding errors, 'bytes' writes with those of all workers */
  roundingErrors(
    from: number,
    to: number,
    size: number,
    most: number,
  ): Promise<Result<{ readonly x: number; readonly y: number }>>;
  quantise(
    from: number,
    to: number,
    size: number,
    most: number,
    errors: { readonly x: number; readonly y: number },
    threshold: number,
  ): Promise<Result<null>>;
  /** Searches rows [from, to) against all later ones; what is found stays in the worker. */
  search(from: number, to: number, size: number, request: SearchRequest): Promise<Result<{ readonly kept: number }>>;
  /** What this worker found, handed over. */
  take(): Promise<Result<FoundInStripes>>;
  /** Gives pairs to the worker that answers `select`. */
  hold(pairs: PairColumns): Promise<Result<null>>;
  /** Sorts and filters the held pairs; `page` then gives them. */
  select(request: SelectRequest): Promise<Result<Selection>>;
  page(from: number, count: number): Promise<Result<readonly FoundRow[]>>;
  /** Nearest images of one image in one set, the nearest first. */
  nearest(
    set: 'med' | 'gen',
    row: number,
    count: number,
  ): Promise<Result<readonly { readonly row: number; readonly similarity: number }[]>>;
}
