import { fault, FaultError } from '../core/fault.ts';
import type { RunInfo } from '../core/records/run-info.ts';
import type { ResultRecord } from '../core/records/record.ts';
import { recordKey } from '../core/records/record.ts';
import type { RunConfig } from '../core/records/run-config.ts';
import { attempt, transact, type Store } from './db.ts';
import { checked } from './checked.ts';
import { IMAGE_STORES, sweepImages } from './images.ts';
import { storedRun, type StoredRun } from './rows.ts';

/** Stores a new run, open and without results. */
export async function saveRun(store: Store, config: RunConfig): Promise<StoredRun> {
  const row: StoredRun = {
    id: config.id,
    createdAt: config.createdAt,
    config,
    info: null,
    status: 'open',
    benchmarkId: config.benchmarkId,
  };
  await transact(store, 'storing the run', ['runs'], 'strict', (tx) => tx.objectStore('runs').put(row));
  return row;
}

/** Stores an imported run with all its records in one transaction; it has no configuration, for it cannot be resumed. */
export async function saveImportedRun(
  store: Store,
  id: string,
  info: RunInfo,
  records: readonly ResultRecord[],
  benchmarkId: string | null,
): Promise<StoredRun> {
  const row: StoredRun = {
    id,
    createdAt: info.startedAt,
    config: null,
    info,
    status: 'imported',
    benchmarkId,
  };
  await transact(store, 'storing the imported run', ['runs', 'records'], 'strict', async (tx) => {
    const all = tx.objectStore('records');
    await tx.objectStore('runs').put(row);
    for (const record of records) await all.put({ run: id, key: recordKey(record), record });
  });
  return row;
}

export type RunChange = Partial<Pick<StoredRun, 'info' | 'status' | 'config'>>;

/**
 * Changes what a run says of itself.
 * @throws FaultError 'not-found' when the run was deleted meanwhile
 */
export async function updateRun(store: Store, id: string, change: RunChange): Promise<StoredRun> {
  return transact(store, 'storing the run', ['runs'], 'strict', async (tx) => {
    const before = await tx.objectStore('runs').get(id);
    if (before === undefined)
      throw new FaultError(fault('not-found', 'The run is not in the store any more; it was deleted.', { run: id }));
    const after: StoredRun = { ...before, ...change };
    await tx.objectStore('runs').put(after);
    return after;
  });
}

/** A stored run; null when there is none with that id. */
export async function run(store: Store, id: string): Promise<StoredRun | null> {
  const row: unknown = await attempt('reading a run', () => store.db.get('runs', id));
  return row === undefined ? null : checked(storedRun, row, `run ${id}`);
}

/** All runs, the newest first. */
export async function listRuns(store: Store): Promise<readonly StoredRun[]> {
  const rows: readonly unknown[] = await attempt('reading the runs', () =>
    store.db.getAllFromIndex('runs', 'createdAt'),
  );
  return rows.map((row) => checked(storedRun, row, 'run')).reverse();
}

/** Deletes a run and its records together, and the example images that only it showed. */
export async function deleteRun(store: Store, id: string): Promise<void> {
  await transact(store, 'deleting the run', [...IMAGE_STORES], 'relaxed', async (tx) => {
    const gone = await tx.objectStore('runs').get(id);
    await tx.objectStore('runs').delete(id);
    if (gone?.config?.shotImages) await sweepImages(tx);
    const records = tx.objectStore('records');
    for (const key of await records.index('run').getAllKeys(id)) await records.delete(key);
  });
}
