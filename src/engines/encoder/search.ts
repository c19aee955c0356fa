import { transfer } from 'comlink';
import { spawnSearch } from '../../bridge/spawn.ts';
import type { WorkerClient } from '../../bridge/worker.ts';
import { fault, FaultError, orThrow, type Result } from '../../core/fault.ts';
import { emptyHistogram } from '../../core/discovery/histogram.ts';
import { layoutFor } from '../../core/discovery/layout.ts';
import type { Matrix } from '../../core/discovery/npy.ts';
import type { FoundRow, Selection, SelectRequest, Thresholds } from '../../core/discovery/select.ts';
import type { SearchApi, SearchRequest } from '../../protocol/search.ts';

export interface SearchOptions {
  /** Pairs below are neither counted nor compared by the general encoder. */
  readonly floor: number;
  /** Pairs within these are kept for the list. */
  readonly keep: Thresholds;
  readonly threads: number;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** A finished search; its pairs stay with the worker that answers, and only what is asked for crosses to the page. */
export interface SearchResult {
  readonly images: number;
  /** Pairs of the collection: n (n - 1) / 2. */
  readonly pairs: number;
  /** Pairs at or above the floor. */
  readonly candidates: number;
  readonly kept: number;
  readonly histogram: Float64Array;
  readonly seconds: { readonly prepare: number; readonly search: number };
  /** Sorts and filters the kept pairs; `page` then gives them, in order. */
  select(request: SelectRequest): Promise<Selection>;
  page(from: number, count: number): Promise<readonly FoundRow[]>;
  nearest(set: 'med' | 'gen', row: number, count: number): Promise<readonly { row: number; similarity: number }[]>;
  end(): void;
}

/** Rows written in one message, rows searched by one call: short enough to stop between two. */
const WRITE_ROWS = 8192;
const STRIPE_ROWS = 512;
/** Pairs that may be kept in all: 16 bytes each, held twice while they change hands. */
const MOST_PAIRS = 24_000_000;

/**
 * Compares all pairs of a collection by two encoders, in as many workers as there are threads, over one shared memory.
 * @param med @param gen embeddings, row i of both being image i
 * @throws FaultError 'bad-argument' for sets of other lengths, 'out-of-memory', 'stopped'
 */
export async function searchPairs(med: Matrix, gen: Matrix, options: SearchOptions): Promise<SearchResult> {
  if (med.rows !== gen.rows)
    throw new FaultError(
      fault(
        'bad-argument',
        `The two encoders have embeddings of ${med.rows} and of ${gen.rows} images; both must be of the same images, in the same order.`,
      ),
    );
  const shared = globalThis.crossOriginIsolated;
  const count = shared ? Math.max(1, Math.min(options.threads, Math.ceil(med.rows / STRIPE_ROWS))) : 1;
  const layout = orThrow(layoutFor(med.rows, med.columns, gen.columns, count));
  const pages = Math.ceil(layout.bytes / 65536);
  const memory = shared ? memoryOf(pages) : null;
  const workers = Array.from({ length: count }, spawnSearch);
  const end = (): void => workers.forEach((w) => w.kill('the search is done'));
  try {
    await all(workers, (w, worker) => w.call((api) => api.open({ layout, memory, worker })));
    const began = performance.now();
    const first = workers[0] ?? spawnSearch();
    for (const [set, matrix] of [
      ['med', med],
      ['gen', gen],
    ] as const)
      await write(first, set, matrix, options.signal);
    const size = await prepare(workers, med.rows, options);
    const prepared = performance.now();
    const found = await search(workers, med.rows, size, options);
    return {
      images: med.rows,
      pairs: (med.rows * (med.rows - 1)) / 2,
      ...found,
      seconds: { prepare: (prepared - began) / 1000, search: (performance.now() - prepared) / 1000 },
      select: async (request) => orThrow(await first.call((api) => api.select(request))),
      page: async (from, n) => orThrow(await first.call((api) => api.page(from, n))),
      nearest: async (set, row, n) => orThrow(await first.call((api) => api.nearest(set, row, n))),
      end,
    };
  } catch (e) {
    end();
    throw e;
  }
}

function memoryOf(pages: number): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  } catch {
    throw new FaultError(
      fault(
        'out-of-memory',
        `The browser has no ${((pages * 65536) / 2 ** 30).toFixed(1)} GiB for the search. Close other tabs, or search a part of the collection.`,
      ),
    );
  }
}

function stopIfAsked(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new FaultError(fault('stopped', 'The search was stopped.'));
}

type Client = WorkerClient<SearchApi>;

async function all<T>(
  workers: readonly Client[],
  work: (w: Client, index: number) => Promise<Result<T>>,
): Promise<T[]> {
  return (await Promise.all(workers.map(work))).map(orThrow);
}

/** Copies rows into the memory; the caller's numbers stay its own. */
async function write(
  client: Client,
  set: 'med' | 'gen',
  matrix: Matrix,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { rows, columns, data } = matrix;
  for (let from = 0; from < rows; from += WRITE_ROWS) {
    stopIfAsked(signal);
    const part = data.slice(from * columns, Math.min(rows, from + WRITE_ROWS) * columns);
    orThrow(await client.call((api) => api.write(set, from, transfer(part, [part.buffer]))));
  }
}

/** Shares the rows out evenly; ranges begin at multiples of 64. */
function ranges(rows: number, count: number): readonly (readonly [number, number])[] {
  const each = Math.ceil(rows / count / 64) * 64;
  return Array.from({ length: count }, (_, i) => [Math.min(rows, i * each), Math.min(rows, (i + 1) * each)] as const);
}

/** Basis, projections and bytes. @returns number of basis vectors in use */
async function prepare(workers: readonly Client[], rows: number, { floor, signal }: SearchOptions): Promise<number> {
  const [first] = workers;
  if (!first || rows < 2) return 4;
  const size = orThrow(await first.call((api) => api.findBasis(floor)));
  const parts = ranges(rows, workers.length);
  const part = (i: number): readonly [number, number] => parts[i] ?? [rows, rows];
  stopIfAsked(signal);
  const most = Math.max(...(await all(workers, (w, i) => w.call((api) => api.project(...part(i), size)))));
  stopIfAsked(signal);
  const errors = await all(workers, (w, i) => w.call((api) => api.roundingErrors(...part(i), size, most)));
  const worst = { x: Math.max(...errors.map((e) => e.x)), y: Math.max(...errors.map((e) => e.y)) };
  await all(workers, (w, i) => w.call((api) => api.quantise(...part(i), size, most, worst, floor)));
  return size;
}

/** Hands out stripes of rows until none is left; early stripes are the long ones. */
async function search(
  workers: readonly Client[],
  rows: number,
  size: number,
  options: SearchOptions,
): Promise<Pick<SearchResult, 'candidates' | 'kept' | 'histogram'>> {
  const most = Math.floor(MOST_PAIRS / workers.length);
  const request: SearchRequest = { floor: options.floor, keep: options.keep, most };
  let next = 0;
  let done = 0;
  const total = (rows * (rows - 1)) / 2;
  const serve = async (client: Client): Promise<Result<null>> => {
    for (let from = next; from < rows && rows > 1; from = next) {
      stopIfAsked(options.signal);
      next = from + STRIPE_ROWS;
      const to = Math.min(rows, next);
      const answer = await client.call((api) => api.search(from, to, size, request));
      if (!answer.ok) return answer;
      done += ((to - from) * (2 * rows - from - to - 1)) / 2;
      options.onProgress?.(done, total);
    }
    return { ok: true, value: null };
  };
  await all(workers, serve);
  const histogram = emptyHistogram();
  let [candidates, kept] = [0, 0];
  for (const client of workers) {
    const found = orThrow(await client.call((api) => api.take()));
    candidates += found.candidates;
    kept += found.pairs.first.length;
    found.histogram.forEach((n, cell) => (histogram[cell] = (histogram[cell] ?? 0) + n));
    const { first, second, med, gen } = found.pairs;
    const buffers = [first.buffer, second.buffer, med.buffer, gen.buffer];
    orThrow(await (workers[0] ?? client).call((api) => api.hold(transfer(found.pairs, buffers))));
  }
  return { candidates, kept, histogram };
}
