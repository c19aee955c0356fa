import { checked } from './checked.ts';
import { attempt, transact, type Store } from './db.ts';
import { downloadRow, type DownloadRow } from './model-rows.ts';

/** A download that is not finished; null when there is none with that id. */
export async function download(store: Store, id: string): Promise<DownloadRow | null> {
  const row: unknown = await attempt('reading a download', () => store.db.get('downloads', id));
  return row === undefined ? null : checked(downloadRow, row, `download ${id}`);
}

/** All unfinished downloads, the oldest first. */
export async function listDownloads(store: Store): Promise<readonly DownloadRow[]> {
  const rows: readonly unknown[] = await attempt('reading the downloads', () => store.db.getAll('downloads'));
  return rows
    .map((row) => checked(downloadRow, row, 'download'))
    .sort((a, b) => a.createdAt.localeCompare(b.createdAt));
}

/** Relaxed: what a crash takes back of it is hashed again. */
export async function putDownload(store: Store, row: DownloadRow): Promise<void> {
  await transact(store, 'noting the download', ['downloads'], 'relaxed', (tx) => tx.objectStore('downloads').put(row));
}

export async function deleteDownload(store: Store, id: string): Promise<void> {
  await attempt('deleting the download', () => store.db.delete('downloads', id));
}

/** Indices of the parts that are there, by path; keys only, no bytes are read. */
export async function partsThere(store: Store, bucket: string): Promise<ReadonlyMap<string, ReadonlySet<number>>> {
  const range = IDBKeyRange.bound([bucket], [bucket, []]);
  const keys = await attempt('reading the parts', () => store.db.getAllKeys('chunks', range));
  const found = new Map<string, Set<number>>();
  for (const [, path, index] of keys) found.set(path, (found.get(path) ?? new Set()).add(index));
  return found;
}
