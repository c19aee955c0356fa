import { attempt, transact, type Store } from './db.ts';
import { checked } from './checked.ts';
import { sha256 } from './hash.ts';
import { writeHeld } from './held.ts';
import { IMAGE_STORES, sweepImages } from './images.ts';
import { shotRow, type ShotRow } from './benchmark-rows.ts';

/**
 * Keeps an example image under the file name that prompt sets give it, in place of one kept before; that one goes unless a run showed it.
 * @returns its row, with the hash by which runs name it
 */
export async function putShot(store: Store, name: string, blob: Blob): Promise<ShotRow> {
  const row: ShotRow = {
    name,
    sha256: await sha256(await blob.arrayBuffer()),
    bytes: blob.size,
    addedAt: new Date().toISOString(),
  };
  await writeHeld(store, blob, (held) =>
    transact(store, 'storing an example image', [...IMAGE_STORES], 'strict', async (tx) => {
      const images = tx.objectStore('images');
      if ((await images.getKey(row.sha256)) === undefined) await images.put({ sha256: row.sha256, ...held });
      await tx.objectStore('shots').put(row);
      await sweepImages(tx);
    }),
  );
  return row;
}

/** All kept example images, by name. */
export async function listShots(store: Store): Promise<readonly ShotRow[]> {
  const rows: readonly unknown[] = await attempt('reading the example images', () => store.db.getAll('shots'));
  return rows.map((row) => checked(shotRow, row, 'example image'));
}

/** Forgets the example images; runs keep those that they showed. */
export async function deleteShots(store: Store): Promise<void> {
  await transact(store, 'deleting the example images', [...IMAGE_STORES], 'relaxed', async (tx) => {
    await tx.objectStore('shots').clear();
    await sweepImages(tx);
  });
}
