import * as v from 'valibot';
import { checked } from './checked.ts';
import { attempt, transact, type Store } from './db.ts';

/** The embedding of one image by one encoder under one pixel policy (`set` names both). */
const vectorRow = v.object({ set: v.string(), sha256: v.string(), data: v.instance(Float32Array) });

/** Rows read at once: some megabytes, so that no task of the page is long. */
const AT_ONCE = 500;

/** Embeddings of a set that are kept, by image. */
export async function vectorsOf(
  store: Store,
  set: string,
  wanted: ReadonlySet<string>,
): Promise<Map<string, Float32Array>> {
  const found = new Map<string, Float32Array>();
  const all = await attempt('reading embeddings', () =>
    store.db.getAllKeys('vectors', IDBKeyRange.bound([set], [set, []])),
  );
  const keys = all.filter(([, sha256]) => wanted.has(sha256));
  for (let from = 0; from < keys.length; from += AT_ONCE) {
    const rows: readonly unknown[] = await attempt('reading embeddings', async () => {
      const tx = store.db.transaction('vectors');
      return Promise.all(keys.slice(from, from + AT_ONCE).map((key) => tx.store.get(key)));
    });
    for (const row of rows) {
      const { sha256, data } = checked(vectorRow, row, 'embedding');
      found.set(sha256, data);
    }
  }
  return found;
}

/** Keeps embeddings; a later run goes on behind them. */
export async function putVectors(store: Store, set: string, vectors: ReadonlyMap<string, Float32Array>): Promise<void> {
  await transact(store, 'storing embeddings', ['vectors'], 'relaxed', async (tx) => {
    for (const [sha256, data] of vectors) await tx.objectStore('vectors').put({ set, sha256, data });
  });
}

/** How many embeddings are kept, and their bytes; those of one set are of one length. */
export async function vectorUsage(store: Store): Promise<{ readonly count: number; readonly bytes: number }> {
  const keys = await attempt('reading embeddings', () => store.db.getAllKeys('vectors'));
  const counts = new Map<string, { count: number; readonly first: (typeof keys)[number] }>();
  for (const key of keys) {
    const of = counts.get(key[0]);
    if (of) of.count++;
    else counts.set(key[0], { count: 1, first: key });
  }
  let bytes = 0;
  for (const { count, first } of counts.values()) {
    const row: unknown = await attempt('reading embeddings', () => store.db.get('vectors', first));
    bytes += count * checked(vectorRow, row, 'embedding').data.byteLength;
  }
  return { count: keys.length, bytes };
}

/** Deletes all embeddings; the next search makes those that it needs again. */
export async function deleteVectors(store: Store): Promise<void> {
  await attempt('deleting embeddings', () => store.db.clear('vectors'));
}
