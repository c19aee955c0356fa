import * as v from 'valibot';
import { attempt, type Store } from './db.ts';
import { checked } from './checked.ts';

const imageRow = v.object({ sha256: v.string(), blob: v.instance(Blob) });

/** The bytes of an image, as the file had them; null when the store has none with that hash. */
export async function imageBlob(store: Store, sha256: string): Promise<Blob | null> {
  const row: unknown = await attempt('reading an image', () => store.db.get('images', sha256));
  return row === undefined ? null : checked(imageRow, row, `image ${sha256.slice(0, 8)}`).blob;
}

/** Which of these images the store has. */
export async function imagesKept(store: Store): Promise<ReadonlySet<string>> {
  return new Set(await attempt('reading the images', () => store.db.getAllKeys('images')));
}
