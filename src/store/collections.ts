import { attempt, transact, type Store } from './db.ts';
import { checked } from './checked.ts';
import { chosenPairs, storedCollection, type ChosenPairs, type StoredCollection } from './collection-rows.ts';
import { IMAGE_STORES, sweepImages } from './images.ts';
import { forgetFolder } from './placed.ts';

/** Images kept in one transaction: a short one, so that the page stays free. */
const AT_ONCE = 50;

/** Copies images of a collection that is being brought; those that are kept already stay. An image goes again with the last that owns it. */
export async function keepImages(store: Store, images: ReadonlyMap<string, Blob>): Promise<void> {
  const all = [...images];
  for (let from = 0; from < all.length; from += AT_ONCE)
    await transact(store, 'storing images', ['images'], 'relaxed', async (tx) => {
      for (const [sha256, blob] of all.slice(from, from + AT_ONCE)) {
        if ((await tx.objectStore('images').getKey(sha256)) === undefined)
          await tx.objectStore('images').put({ sha256, blob });
      }
    });
}

/** Writes a collection down; durable before it resolves. Its images are kept first (`keepImages`). */
export async function putCollection(store: Store, collection: StoredCollection): Promise<void> {
  await transact(store, 'storing the collection', ['collections'], 'strict', (tx) =>
    tx.objectStore('collections').put(collection),
  );
}

export async function collection(store: Store, id: string): Promise<StoredCollection | null> {
  const row: unknown = await attempt('reading a collection', () => store.db.get('collections', id));
  return row === undefined ? null : checked(storedCollection, row, `collection ${id}`);
}

/** All kept collections, the newest first. */
export async function listCollections(store: Store): Promise<readonly StoredCollection[]> {
  const rows: readonly unknown[] = await attempt('reading the collections', () => store.db.getAll('collections'));
  return rows
    .map((row) => checked(storedCollection, row, 'collection'))
    .sort((a, b) => b.addedAt.localeCompare(a.addedAt));
}

/** Deletes a collection, the pairs chosen from it, and the images that nothing else needs. Embeddings stay: another collection may hold the same images. */
export async function deleteCollection(store: Store, id: string): Promise<void> {
  await transact(store, 'deleting the collection', [...IMAGE_STORES], 'relaxed', async (tx) => {
    await tx.objectStore('collections').delete(id);
    await sweepImages(tx);
  });
  await forgetFolder(store, id);
  await transact(store, 'deleting chosen pairs', ['chosen'], 'relaxed', async (tx) => {
    for (const row of await tx.objectStore('chosen').getAll())
      if (row.collection === id) await tx.objectStore('chosen').delete(row.id);
  });
}

/** Keeps chosen pairs, for the step that drafts questions on them. */
export async function putChosen(store: Store, chosen: ChosenPairs): Promise<void> {
  await transact(store, 'storing the chosen pairs', ['chosen'], 'strict', (tx) => tx.objectStore('chosen').put(chosen));
}

/** All sets of chosen pairs, the newest first. */
export async function listChosen(store: Store): Promise<readonly ChosenPairs[]> {
  const rows: readonly unknown[] = await attempt('reading the chosen pairs', () => store.db.getAll('chosen'));
  return rows
    .map((row) => checked(chosenPairs, row, 'chosen pairs'))
    .sort((a, b) => b.chosenAt.localeCompare(a.chosenAt));
}
