import { recordKey, type ResultRecord } from '../core/records/record.ts';
import { attempt, transact, type Store } from './db.ts';
import { checked } from './checked.ts';
import { recordRow } from './record-rows.ts';

/**
 * Stores a group's records in one transaction: all of them or none. A record with the same pair, image and method replaces the earlier one,
 * so that storing twice is storing once. Durable before it resolves.
 */
export async function putRecords(store: Store, runId: string, records: readonly ResultRecord[]): Promise<void> {
  await transact(store, 'storing the records', ['records'], 'strict', async (tx) => {
    const rows = tx.objectStore('records');
    for (const record of records) await rows.put({ run: runId, key: recordKey(record), record });
  });
}

/** Records that are checked in one task. */
const AT_ONCE = 4000;

/** All records of a run, by their keys' order. */
export async function recordsOf(store: Store, runId: string): Promise<readonly ResultRecord[]> {
  const rows: readonly unknown[] = await attempt('reading the records', () =>
    store.db.getAllFromIndex('records', 'run', runId),
  );
  const records: ResultRecord[] = [];
  for (const [i, row] of rows.entries()) {
    records.push(checked(recordRow, row, `record of run ${runId}`).record);
    // Checking 40,000 records takes half a second: the page gets a turn between.
    if (i % AT_ONCE === AT_ONCE - 1) await new Promise((resolve) => setTimeout(resolve));
  }
  return records;
}
