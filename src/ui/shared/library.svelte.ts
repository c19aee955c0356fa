import { toFault, type Fault } from '../../core/fault.ts';
import { listBenchmarks } from '../../store/benchmarks.ts';
import { sweep } from '../../store/chunks.ts';
import { openStore, type Store } from '../../store/db.ts';
import { listModels } from '../../store/models.ts';
import type { KeptModel } from '../../store/model-rows.ts';
import type { StoredBenchmark } from '../../store/benchmark-rows.ts';
import type { StoredRun } from '../../store/rows.ts';
import { listRuns } from '../../store/runs.ts';

/** Keeps answers; one that was asked for earlier never replaces one that was asked for later. */
function latest<T>(keep: (value: T) => void): () => (value: T) => void {
  let asked = 0;
  let kept = 0;
  return () => {
    const turn = ++asked;
    return (value) => {
      if (turn < kept) return;
      kept = turn;
      keep(value);
    };
  };
}

/** What is kept on this device: the open store and its lists, read again after each change. */
function createLibrary() {
  let store = $state.raw<Store | null>(null);
  let problem = $state.raw<Fault | null>(null);
  let models = $state.raw<readonly KeptModel[] | null>(null);
  let benchmarks = $state.raw<readonly StoredBenchmark[] | null>(null);
  let runs = $state.raw<readonly StoredRun[] | null>(null);

  const say = (f: Fault): void => {
    problem = f;
  };
  const opening = openStore(undefined, { onBlocked: say, onClosed: say }).then(async (opened) => {
    store = opened;
    await sweep(opened);
    return opened;
  });
  opening.catch((e: unknown) => say(toFault(e, 'storage')));

  async function read<T>(list: (s: Store) => Promise<T>, keep: (value: T) => void): Promise<void> {
    try {
      keep(await list(await opening));
    } catch (e) {
      say(toFault(e, 'storage'));
    }
  }
  const keepModels = latest<readonly KeptModel[]>((v) => (models = v));
  const keepBenchmarks = latest<readonly StoredBenchmark[]>((v) => (benchmarks = v));
  const keepRuns = latest<readonly StoredRun[]>((v) => (runs = v));
  const refresh = {
    models: () => read(listModels, keepModels()),
    benchmarks: () => read(listBenchmarks, keepBenchmarks()),
    runs: () => read(listRuns, keepRuns()),
  };
  void refresh.models();
  void refresh.benchmarks();
  void refresh.runs();

  return {
    /** The open store; rejects with a FaultError where the browser refuses one. */
    opened: () => opening,
    get store() {
      return store;
    },
    get problem() {
      return problem;
    },
    /** null until read. */
    get models() {
      return models;
    },
    get benchmarks() {
      return benchmarks;
    },
    get runs() {
      return runs;
    },
    refresh,
    run(id: string): StoredRun | null {
      return runs?.find((r) => r.id === id) ?? null;
    },
  };
}

export const library = createLibrary();
