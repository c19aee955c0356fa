import * as v from 'valibot';
import { fault, FaultError } from '../core/fault.ts';
import { checked } from './checked.ts';
import { attempt, transact, type Store } from './db.ts';
import { blobOf, heldRow, writeHeld } from './held.ts';
import { webLocks } from './locks.ts';
import { bytesInWords } from './words.ts';

/** Length of a part; the last of a file may be shorter. Chrome refuses values over 133 MB, Firefox over 267 MB. */
export const PART_BYTES = 32 * 1024 * 1024;

const chunkRow = heldRow({ bucket: v.string(), path: v.string(), index: v.number() });

/** Stores one part. Relaxed: what a power cut takes back is noticed by the part's hash and fetched again. */
export async function putChunk(store: Store, bucket: string, path: string, index: number, blob: Blob): Promise<void> {
  await writeHeld(store, blob, (held) =>
    transact(store, `storing part ${index + 1} of ${path}`, ['chunks'], 'relaxed', (tx) =>
      tx.objectStore('chunks').put({ bucket, path, index, ...held }),
    ),
  );
}

/** One part; null when it is not there. Its bytes may still prove unreadable. */
export async function chunk(store: Store, bucket: string, path: string, index: number): Promise<Blob | null> {
  const row: unknown = await attempt('reading a part', () => store.db.get('chunks', [bucket, path, index]));
  return row === undefined ? null : blobOf(checked(chunkRow, row, `part ${index + 1} of ${path}`));
}

/**
 * All parts of a bucket as handles, by path and index. Row by row: no bytes are read where they are kept as Blobs, and where not, the page never holds
 * more than one part beside what the browser makes of it.
 */
export async function chunksOf(store: Store, bucket: string): Promise<ReadonlyMap<string, ReadonlyMap<number, Blob>>> {
  return attempt('reading the parts', async () => {
    const found = new Map<string, Map<number, Blob>>();
    const chunks = store.db.transaction('chunks').store;
    for (const key of await chunks.getAllKeys(whole(bucket))) {
      const row = checked(chunkRow, await chunks.get(key), 'part of a model');
      const parts = found.get(row.path) ?? new Map<number, Blob>();
      found.set(row.path, parts.set(row.index, blobOf(row)));
    }
    return found;
  });
}

/** Deletes every part of a bucket. */
export async function deleteBucket(store: Store, bucket: string): Promise<void> {
  await transact(store, 'deleting the parts', ['chunks'], 'relaxed', (tx) =>
    tx.objectStore('chunks').delete(whole(bucket)),
  );
}

export async function deleteChunk(store: Store, bucket: string, path: string, index: number): Promise<void> {
  await attempt('deleting a part', () => store.db.delete('chunks', [bucket, path, index]));
}

/** Every key of a bucket: an array sorts behind any string, so [bucket, []] ends the range. */
function whole(bucket: string): IDBKeyRange {
  return IDBKeyRange.bound([bucket], [bucket, []]);
}

/** A name for a new bucket; unlike any other. */
export function newBucket(): string {
  return crypto.randomUUID();
}

const lockName = (bucket: string): string => `lookalike-bucket-${bucket}`;

/** Holds a bucket as this tab's own while `work` runs, so that a sweep elsewhere leaves it. */
export async function withBucket<T>(bucket: string, work: () => Promise<T>): Promise<T> {
  const locks = await webLocks();
  return locks ? locks.request(lockName(bucket), work) : work();
}

/** Deletes parts that no model and no download owns: what a closed tab or a crash left behind. */
export async function sweep(store: Store): Promise<number> {
  const locks = await webLocks();
  const held = new Set(locks ? ((await locks.query()).held ?? []).map((l) => l.name) : []);
  return transact(store, 'tidying the store', ['chunks', 'models', 'downloads'], 'relaxed', async (tx) => {
    const owners = [...(await tx.objectStore('models').getAll()), ...(await tx.objectStore('downloads').getAll())];
    const owned = new Set(owners.map((o) => o.bucket));
    const keys = await tx.objectStore('chunks').getAllKeys();
    const orphans = new Set(keys.map(([bucket]) => bucket).filter((b) => !owned.has(b) && !held.has(lockName(b))));
    for (const bucket of orphans) await tx.objectStore('chunks').delete(whole(bucket));
    return orphans.size;
  });
}

/**
 * Refuses early what cannot fit.
 * @throws FaultError 'storage-full' with the numbers
 */
export async function requireRoom(bytes: number, what: string): Promise<void> {
  const storage = typeof navigator === 'undefined' ? undefined : navigator.storage;
  const estimate = await storage?.estimate?.().catch(() => undefined);
  if (estimate?.quota === undefined || estimate.usage === undefined) return; // unknown: the write itself will tell
  const free = estimate.quota - estimate.usage;
  if (bytes > free) throw new FaultError(noRoom(bytes, free, what));
}

export function noRoom(bytes: number, free: number | null, what: string): ReturnType<typeof fault> {
  const has = free === null ? '' : ` and the browser allows ${bytesInWords(Math.max(0, free))} more`;
  return fault(
    'storage-full',
    `${what} needs ${bytesInWords(bytes)}${has}. Delete a model or free disk space, and try again; nothing half-kept was left.`,
    { bytes, free },
  );
}
