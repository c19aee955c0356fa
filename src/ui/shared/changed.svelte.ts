import { readAs, type Reading } from '../../core/methods/reading.ts';
import { changedPairs } from '../../core/statistics/agreement.ts';
import { indexRecords, type RecordIndex } from '../../core/statistics/counts.ts';
import { toFault, type Fault } from '../../core/fault.ts';
import { recordsOf } from '../../store/records.ts';
import type { StoredRun } from '../../store/rows.ts';
import { library } from './library.svelte.ts';
import type { RunData } from './run-data.svelte.ts';

/** Runs of the same questions that a run can be held against. */
export function othersOf(run: StoredRun | null, runs: readonly StoredRun[]): readonly StoredRun[] {
  const sha256 = run?.info?.benchmark.sha256;
  return sha256 === undefined ? [] : runs.filter((r) => r.id !== run?.id && r.info?.benchmark.sha256 === sha256);
}

interface Other {
  readonly id: string;
  readonly reading: Reading;
  readonly index: RecordIndex;
}

/** The pairs that another run answers otherwise than this one, read in the same way; null where none is named, or it is not read yet. */
export function createChanged(data: RunData, against: () => string) {
  let other = $state.raw<Other | null>(null);
  let problem = $state.raw<Fault | null>(null);

  $effect(() => {
    const [id, reading] = [against(), data.reading];
    if (id === '' || (other?.id === id && other.reading === reading)) return;
    let gone = false;
    const read = async (): Promise<void> => {
      try {
        const records = readAs(await recordsOf(await library.opened(), id), reading);
        if (!gone) other = { id, reading, index: indexRecords(records) };
      } catch (e) {
        if (!gone) problem = toFault(e);
      }
    };
    void read();
    return () => {
      gone = true;
    };
  });
  const pairs = $derived(
    other !== null && other.id === against() && data.benchmark
      ? changedPairs(data.benchmark, data.index, other.index)
      : null,
  );
  return {
    get pairs() {
      return pairs;
    },
    get problem() {
      return problem;
    },
  };
}
