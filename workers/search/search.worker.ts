import { expose, transfer } from 'comlink';
import { rowAt, selectPairs } from '../../src/core/discovery/select.ts';
import type { FoundInStripes, PairColumns, SearchApi } from '../../src/protocol/search.ts';
import { ok, type Result } from '../../src/core/fault.ts';
import { guarded } from '../guarded.ts';
import { holdLife } from '../life.ts';
import { openKernel, type KernelFile } from './kernel.ts';
import plainOwn from './kernels/plain-own.wasm?url';
import plainShared from './kernels/plain-shared.wasm?url';
import relaxedOwn from './kernels/relaxed-own.wasm?url';
import relaxedShared from './kernels/relaxed-shared.wasm?url';
import { joinPairs } from './pairs.ts';
import { createSearcher, type Searcher } from './searcher.ts';

const FILES: Readonly<Record<KernelFile, string>> = {
  'plain-own': plainOwn,
  'plain-shared': plainShared,
  'relaxed-own': relaxedOwn,
  'relaxed-shared': relaxedShared,
};

async function readKernel(file: KernelFile): Promise<BufferSource> {
  const response = await fetch(new URL(FILES[file], self.location.href));
  if (!response.ok) throw new Error(`The search's code could not be read (${response.status}). Reload the page.`);
  return response.arrayBuffer();
}

const NO_PAIRS: PairColumns = {
  first: new Uint32Array(0),
  second: new Uint32Array(0),
  med: new Float32Array(0),
  gen: new Float32Array(0),
};

/** Pairs leave by transfer: there may be millions. */
function leaving(found: FoundInStripes): Result<FoundInStripes> {
  const { first, second, med, gen } = found.pairs;
  return transfer(ok(found), [first.buffer, second.buffer, med.buffer, gen.buffer, found.histogram.buffer]);
}

function serve(): SearchApi {
  let searcher: Searcher | null = null;
  let held = NO_PAIRS;
  let selected: Uint32Array = new Uint32Array(0);
  const need = (): Searcher => {
    if (!searcher) throw new Error('The search was asked to work before it was opened.');
    return searcher;
  };
  return {
    open: ({ layout, memory, worker }) =>
      guarded(async () => {
        const pages = Math.ceil(layout.bytes / 65536);
        const own = memory ?? new WebAssembly.Memory({ initial: pages, maximum: pages });
        const kernel = await openKernel(own, memory !== null, readKernel);
        searcher = createSearcher(kernel, own, layout, worker);
        return null;
      }),
    write: (set, from, rows) =>
      guarded(async () => {
        need().write(set, from, rows);
        return null;
      }),
    findBasis: (threshold) => guarded(async () => need().findBasis(threshold)),
    project: (from, to, size) => guarded(async () => need().project(from, to, size)),
    roundingErrors: (from, to, size, most) => guarded(async () => need().roundingErrors(from, to, size, most)),
    quantise: (from, to, size, most, errors, threshold) =>
      guarded(async () => {
        need().quantise(from, to, size, most, errors, threshold);
        return null;
      }),
    search: (from, to, size, request) => guarded(async () => ({ kept: need().search(from, to, size, request) })),
    take: async () => {
      const taken = await guarded(async () => need().take());
      return taken.ok ? leaving(taken.value) : taken;
    },
    hold: (pairs) =>
      guarded(async () => {
        held = joinPairs([held, pairs]);
        return null;
      }),
    select: (request) =>
      guarded(async () => {
        const { kept, ...selection } = selectPairs(held, request);
        selected = kept;
        return selection;
      }),
    page: (from, count) =>
      guarded(async () => Array.from(selected.subarray(from, from + count), (p) => rowAt(held, p))),
    nearest: (set, row, count) => guarded(async () => need().nearest(set, row, count)),
  };
}

holdLife();
expose(serve());
