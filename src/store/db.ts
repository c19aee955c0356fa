import { openDB, type IDBPDatabase, type IDBPTransaction, type StoreNames } from 'idb';
import { fault, FaultError, type Fault } from '../core/fault.ts';
import { replaceIndexedDb } from './memory.ts';
import { probeKeeping, type Keeping } from './probe.ts';
import { migrate, SCHEMA_VERSION, type LookalikeDB } from './schema.ts';
import { errorName, storageFault } from './words.ts';

/** An open store. Everything in src/store takes it as first argument; whoever opens it closes it. */
export interface Store {
  readonly db: IDBPDatabase<LookalikeDB>;
  readonly keeping: Keeping;
  close(): void;
}

export interface StoreEvents {
  /** Another tab holds an older version open, so that this one has to wait. */
  onBlocked?(f: Fault): void;
  /** The connection is gone: a newer tab took over, or the browser ended it. Nothing more can be stored from here. */
  onClosed?(f: Fault): void;
}

const BLOCKED = fault(
  'storage',
  'Another tab with an older Lookalike is open and holds the local database. Close that tab.',
);
const TAKEN_OVER = fault('storage', 'A newer Lookalike was opened in another tab. Reload this page to go on here.');
const TERMINATED = fault(
  'storage',
  'The browser closed the local database, perhaps because site data was cleared. Reload the page.',
);

/**
 * Opens the local database, migrating an older one. Where the browser keeps nothing for this page, the database is one in memory, and `keeping` says so.
 * @throws FaultError 'storage' where the browser refuses
 */
export async function openStore(name = 'lookalike', events: StoreEvents = {}): Promise<Store> {
  const keeping = await probeKeeping();
  // A whole IndexedDB in JavaScript, in the place of the browser's own: everything above it stays as it is.
  if (keeping.where === 'memory') await replaceIndexedDb();
  let db: IDBPDatabase<LookalikeDB> | null = null;
  try {
    db = await openDB<LookalikeDB>(name, SCHEMA_VERSION, {
      upgrade: (opened, from, to, transaction) => migrate(opened, from, to ?? SCHEMA_VERSION, transaction),
      blocked: () => events.onBlocked?.(BLOCKED),
      blocking: () => {
        // A tab that waits for us would wait for ever: give way at once and say so.
        db?.close();
        events.onClosed?.(TAKEN_OVER);
      },
      terminated: () => events.onClosed?.(TERMINATED),
    });
  } catch (error) {
    throw new FaultError(storageFault(error, 'opening the local database'));
  }
  const opened = db;
  return { db: opened, keeping, close: () => opened.close() };
}

const RETRIES = [50, 250, 1000];
/** Chrome's name for what passes by itself (a busy disk, a compaction): worth another try. */
const TRANSIENT = new Set(['UnknownError']);

/**
 * Does one thing with the database; errors become faults, transient ones are tried again.
 * `work` must be repeatable and must await nothing but the database inside its transaction.
 */
export async function attempt<T>(doing: string, work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await work();
    } catch (error) {
      const pause = RETRIES[tries];
      if (!TRANSIENT.has(errorName(error)) || pause === undefined) throw new FaultError(storageFault(error, doing));
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/**
 * One read-write transaction: everything in it happens, or nothing does. What `work` throws aborts it.
 * `work` may run again after a transient error, and must await nothing but the database.
 * @param durability 'strict': on disk before it resolves, so that a power cut does not take it back
 */
export async function transact<N extends StoreNames<LookalikeDB>, T>(
  store: Store,
  doing: string,
  names: N[],
  durability: 'strict' | 'relaxed',
  work: (tx: IDBPTransaction<LookalikeDB, N[], 'readwrite'>) => Promise<T>,
): Promise<T> {
  return attempt(doing, async () => {
    const tx = store.db.transaction(names, 'readwrite', { durability });
    // Awaited below on success; on failure the first error is the one that says why.
    tx.done.catch(() => undefined);
    try {
      const result = await work(tx);
      await tx.done;
      return result;
    } catch (error) {
      abort(tx);
      throw error;
    }
  });
}

function abort(tx: { abort(): void }): void {
  try {
    tx.abort();
  } catch {
    // It has ended already, by its own error.
  }
}
