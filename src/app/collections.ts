import type { ReadOptions } from './read-benchmark.ts';
import { readCollectionFolder, type HashedImage } from './read-collection.ts';
import { fault, FaultError } from '../core/fault.ts';
import { servedFiles } from '../files/served.ts';
import type { Folder, SourceFile } from '../files/source.ts';
import { keepImages, putChosen, putCollection } from '../store/collections.ts';
import type { ChosenPairs, StoredCollection } from '../store/collection-rows.ts';
import type { Store } from '../store/db.ts';
import { sha256 } from '../store/hash.ts';
import { imageBlob, imagesKept } from '../store/images.ts';
import { folderAllowed, putPlaced } from '../store/placed.ts';

/** Images copied at once. */
const AT_ONCE = 50;

/** How a collection is brought. */
export interface BringOptions extends ReadOptions {
  /** The folder's handle, where its images are to stay in it; otherwise they are copied. */
  readonly stay?: FileSystemDirectoryHandle;
}

/**
 * Reads a folder as a collection and copies its images into this browser, or notes where they lie. The same images under the same name are the same collection.
 * @throws FaultError where it holds no image, or there is no room
 */
export async function bringCollection(
  store: Store,
  name: string,
  files: readonly SourceFile[],
  options: BringOptions = {},
): Promise<StoredCollection> {
  const read = await readCollectionFolder(name, files, options);
  const { images } = read;
  const id = await idOf(name, images);
  if (options.stay) await putPlaced(store, { id, handle: options.stay }, images);
  else await copyImages(store, images, options);
  const stored: StoredCollection = {
    id,
    name,
    addedAt: new Date().toISOString(),
    format: read.format,
    images: images.map(({ blob: _, ...image }) => image),
    problems: read.problems,
    bytes: images.reduce((n, i) => n + i.bytes, 0),
    ...(options.stay ? { inFolder: true } : {}),
  };
  await putCollection(store, stored);
  return stored;
}

async function idOf(name: string, images: readonly HashedImage[]): Promise<string> {
  const content = images.map((i) => `${i.path} ${i.sha256} ${i.caption ?? ''}`).join('\n');
  return (await sha256(new TextEncoder().encode(`${name}\n${content}`))).slice(0, 16);
}

async function copyImages(store: Store, images: readonly HashedImage[], options: ReadOptions): Promise<void> {
  for (let from = 0; from < images.length; from += AT_ONCE) {
    if (options.signal?.aborted) throw new FaultError(fault('stopped', 'Keeping the collection was stopped.'));
    const some = images.slice(from, from + AT_ONCE);
    const blobs = await Promise.all(some.map(async (i) => [i.sha256, await i.blob()] as const));
    await keepImages(store, new Map(blobs));
    options.says?.('Keeping images', Math.min(images.length, from + AT_ONCE), images.length);
  }
}

/** The images of a kept collection, their bytes read from the store when they are wanted. */
export function imagesOfCollection(store: Store, collection: StoredCollection): readonly HashedImage[] {
  return collection.images.map((image) => ({
    ...image,
    blob: async () => {
      const blob = await imageBlob(store, image.sha256);
      if (!blob)
        throw new FaultError(
          fault('not-found', `The image ${image.path} is no longer kept on this device. Bring the collection again.`),
        );
      return blob;
    },
  }));
}

/**
 * Sees to it that a collection's images can be read: a browser that was closed asks again for a folder that it once gave. Called in a click.
 * @throws FaultError 'storage' where the person does not allow it
 */
export async function allowCollection(store: Store, collection: StoredCollection): Promise<void> {
  if (!collection.inFolder || (await folderAllowed(store, collection.id))) return;
  throw new FaultError(
    fault(
      'storage',
      `The images of ${collection.name} lie in a folder that this page may not read. Allow it when the browser asks, or bring the folder again.`,
    ),
  );
}

/** Keeps chosen pairs for the step that drafts questions on them, and their images where those stayed in their folder. */
export async function keepChosen(store: Store, chosen: Omit<ChosenPairs, 'id' | 'chosenAt'>): Promise<ChosenPairs> {
  const kept = await imagesKept(store);
  const missing = [...new Set(chosen.pairs.flatMap((p) => p.sha256))].filter((hash) => !kept.has(hash));
  for (let from = 0; from < missing.length; from += AT_ONCE) {
    const some = missing.slice(from, from + AT_ONCE);
    const blobs = await Promise.all(some.map(async (hash) => [hash, await imageBlob(store, hash)] as const));
    await keepImages(store, new Map(blobs.flatMap(([hash, blob]) => (blob ? [[hash, blob] as const] : []))));
  }
  const row = { ...chosen, id: crypto.randomUUID(), chosenAt: new Date().toISOString() };
  await putChosen(store, row);
  return row;
}

/** The built-in benchmark's files, as a folder whose images can be searched for pairs. */
export async function builtinFolder(): Promise<Folder> {
  return { name: 'phantoms', files: await servedFiles('benchmarks/phantoms/') };
}
