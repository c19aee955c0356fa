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

/** Records that are read and checked in one task: 40,000 at once would hold the page up for a second. */
const AT_ONCE = 2000;

/** All records of a run, by their keys' order. */
export async function recordsOf(store: Store, runId: string): Promise<readonly ResultRecord[]> {
  const records: ResultRecord[] = [];
  // A list comes behind every text: these are all keys of the run.
  const end = [runId, []];
  let range = IDBKeyRange.bound([runId], end);
  for (;;) {
    const from = range;
    const rows: readonly unknown[] = await attempt('reading the records', () =>
      store.db.getAll('records', from, AT_ONCE),
    );
    let last = '';
    for (const row of rows) {
      const { key, record } = checked(recordRow, row, `record of run ${runId}`);
      records.push(record);
      last = key;
    }
    if (rows.length < AT_ONCE) return records;
    range = IDBKeyRange.bound([runId, last], end, true);
  }
}
