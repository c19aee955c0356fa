import type { Benchmark } from '../core/benchmark/types.ts';
import type { RunInfo } from '../core/records/run-info.ts';
import { recordKey, type ResultRecord } from '../core/records/record.ts';
import type { RunPorts } from '../run/ports.ts';
import { enginePorts } from '../app/ports.ts';
import type { Store } from '../store/db.ts';

export interface DrivePorts extends RunPorts {
  /** All records, of the earlier run and of this one, each question and method once. */
  readonly all: () => readonly ResultRecord[];
  /** Whether this run added any. */
  readonly fresh: () => boolean;
}

/**
 * The run's ports when the command line keeps the results: records and run.json live in its folder, images stay in theirs,
 * and nothing is copied into this browser's own store.
 */
export function drivePorts(
  store: Store,
  benchmark: Benchmark,
  image: (sha256: string) => Promise<Blob | null>,
  earlier: { readonly info: RunInfo | null; readonly records: readonly ResultRecord[] },
  keepInfo: (info: RunInfo) => void,
): DrivePorts {
  let fresh = false;
  const kept = new Map(earlier.records.map((record) => [recordKey(record), record]));
  return {
    ...enginePorts(store, image),
    benchmark: async () => benchmark,
    records: async () => [...kept.values()],
    keepRecords: async (_run, records) => {
      fresh = true;
      for (const record of records) kept.set(recordKey(record), record);
    },
    info: async () => earlier.info,
    keepInfo: async (_run, info) => keepInfo(info),
    fresh: () => fresh,
    all: () => [...kept.values()],
  };
}
