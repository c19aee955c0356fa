import type { Benchmark } from '../../core/benchmark/types.ts';
import { toFault, type Fault } from '../../core/fault.ts';
import { isPublishedReading, PUBLISHED_READING, readAs, type Reading } from '../../core/methods/reading.ts';
import type { ResultRecord } from '../../core/records/record.ts';
import { benchmark as storedBenchmark } from '../../store/benchmarks.ts';
import { recordsOf } from '../../store/records.ts';
import { indexRecords } from '../../core/statistics/counts.ts';
import { methodsOf, pairRows, type PairRow } from './pairs.ts';
import { applicable, readableIn } from './reading.ts';
import { library } from './library.svelte.ts';
import { live } from './live.svelte.ts';

/**
 * A run as a page shows it: what was stored when the page opened, and what comes in while it goes on here.
 * @param asked how raw answers are to be read; as published where a page says nothing
 */
export function createRunData(id: string, asked: () => Reading = () => PUBLISHED_READING) {
  let benchmark = $state.raw<Benchmark | null>(null);
  let stored = $state.raw<readonly ResultRecord[]>([]);
  let loaded = $state(false);
  let problem = $state.raw<Fault | null>(null);

  async function load(): Promise<void> {
    try {
      const store = await library.opened();
      if (library.runs === null) await library.refresh.runs();
      const run = library.run(id);
      const benchmarkId = run?.config?.benchmarkId ?? run?.benchmarkId ?? null;
      stored = await recordsOf(store, id);
      benchmark = benchmarkId === null ? null : ((await storedBenchmark(store, benchmarkId))?.benchmark ?? null);
    } catch (e) {
      problem = toFault(e);
    }
    loaded = true;
  }
  void load();

  const run = $derived(library.run(id));
  const limit = $derived(run?.config?.limit ?? null);
  const kept = $derived(indexRecords(stored, live.lastId === id ? live.records : []));
  const raw = $derived([...kept.values()]);
  const offered = $derived(readableIn(raw));
  let read: Reading = PUBLISHED_READING;
  /** The same object while it says the same: an address changes with every filter, and all numbers follow from the reading. */
  const reading = $derived.by(() => {
    const next = applicable(asked(), offered);
    return next.mcParser === read.mcParser && next.ffGap === read.ffGap ? read : (read = next);
  });
  const index = $derived(isPublishedReading(reading) ? kept : indexRecords(readAs(raw, reading)));
  const records = $derived([...index.values()]);
  const methods = $derived(methodsOf(records));
  let last: readonly PairRow[] = [];
  const rows = $derived.by(() => (last = benchmark ? pairRows(benchmark, limit, index, methods, last) : []));
  return {
    get run() {
      return run;
    },
    /** null when it is not kept (any more). */
    get benchmark() {
      return benchmark;
    },
    get limit() {
      return limit;
    },
    /** How answers are read here, of what these records can be read by. */
    get reading() {
      return reading;
    },
    get offered() {
      return offered;
    },
    /** As they are kept; `index`, `records` and `rows` are under the reading. */
    get raw() {
      return raw;
    },
    /** Shows records that were stored in the place of those with the same key. */
    show(changed: readonly ResultRecord[]): void {
      stored = [...indexRecords(stored, changed).values()];
      live.replace(id, changed);
    },
    get index() {
      return index;
    },
    get records() {
      return records;
    },
    get methods() {
      return methods;
    },
    get rows() {
      return rows;
    },
    get loaded() {
      return loaded;
    },
    get problem() {
      return problem;
    },
  };
}
export type RunData = ReturnType<typeof createRunData>;
