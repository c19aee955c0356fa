import * as v from 'valibot';
import { fault, FaultError } from '../core/fault.ts';
import { checked } from './checked.ts';
import { attempt, transact, type Store } from './db.ts';
import { sha256 } from './hash.ts';

/*
 * Images that stay where they are: the browser keeps a handle of their folder (File System Access API), and each image's path in it. The bytes are
 * read from the folder whenever they are wanted, and believed only when they still have the hash that they were brought with.
 */

/** What a browser with such handles adds to them; TypeScript's DOM library does not declare it yet. */
interface Asking {
  queryPermission?(how: { mode: 'read' }): Promise<PermissionState>;
  requestPermission?(how: { mode: 'read' }): Promise<PermissionState>;
}
export type FolderHandle = FileSystemDirectoryHandle & Asking;

/** A folder of this computer, under the collection whose images it holds. */
export interface FolderRow {
  readonly id: string;
  readonly handle: FolderHandle;
}
export interface PlacedRow {
  readonly sha256: string;
  readonly folder: string;
  readonly path: string;
}

const placedRow = v.object({ sha256: v.string(), folder: v.string(), path: v.string() });

/** Rows written in one transaction: a short one, so that the page stays free. */
const AT_ONCE = 500;

/** Notes where images lie; durable with the collection that is put behind it. */
export async function putPlaced(
  store: Store,
  folder: FolderRow,
  images: readonly { readonly sha256: string; readonly path: string }[],
): Promise<void> {
  await transact(store, 'keeping the folder', ['folders'], 'strict', (tx) => tx.objectStore('folders').put(folder));
  for (let from = 0; from < images.length; from += AT_ONCE)
    await transact(store, 'noting where images lie', ['placed'], 'relaxed', async (tx) => {
      for (const { sha256: hash, path } of images.slice(from, from + AT_ONCE))
        await tx.objectStore('placed').put({ sha256: hash, folder: folder.id, path });
    });
}

/**
 * The bytes of an image that stayed in its folder; null where it is none of those.
 * @throws FaultError 'storage' where the browser must be asked again, 'not-found' where the file has gone or is another now
 */
export async function placedBlob(store: Store, hash: string): Promise<Blob | null> {
  const row: unknown = await attempt('reading where an image lies', () => store.db.get('placed', hash));
  if (row === undefined) return null;
  const { folder, path } = checked(placedRow, row, `image ${hash.slice(0, 8)}`);
  const kept = await attempt('reading the folder', () => store.db.get('folders', folder));
  if (!kept) return null;
  if ((await permission(kept.handle)) !== 'granted')
    throw new FaultError(
      fault(
        'storage',
        `The browser no longer lets this page read the folder ${kept.handle.name}, where the images lie. Allow it when it asks, or bring the folder again.`,
      ),
    );
  const file = await fileAt(kept.handle, path).catch(() => null);
  if (file && (await sha256(await file.arrayBuffer())) === hash) return file;
  throw new FaultError(
    fault(
      'not-found',
      `The image ${path} in the folder ${kept.handle.name} ${file ? 'was changed' : 'is not there any more'}. Bring the folder again.`,
    ),
  );
}

/** Whether the folder of a collection may be read; asks the person where the browser wants that, which only a click allows. */
export async function folderAllowed(store: Store, id: string): Promise<boolean> {
  const kept = await attempt('reading the folder', () => store.db.get('folders', id));
  if (!kept) return true;
  if ((await permission(kept.handle)) === 'granted') return true;
  return (await kept.handle.requestPermission?.({ mode: 'read' })) === 'granted';
}

/** Forgets a folder and what lies in it; the files stay. */
export async function forgetFolder(store: Store, id: string): Promise<void> {
  await transact(store, 'forgetting the folder', ['folders', 'placed'], 'relaxed', async (tx) => {
    await tx.objectStore('folders').delete(id);
    const placed = tx.objectStore('placed');
    for (const hash of await placed.index('folder').getAllKeys(id)) await placed.delete(hash);
  });
}

/** Handles of the browser's own file system know no permission: they are always readable. */
async function permission(handle: FolderHandle): Promise<PermissionState> {
  return (await handle.queryPermission?.({ mode: 'read' })) ?? 'granted';
}

async function fileAt(root: FileSystemDirectoryHandle, path: string): Promise<File> {
  const parts = path.split('/');
  const name = parts.pop() ?? '';
  let at = root;
  for (const part of parts) at = await at.getDirectoryHandle(part);
  return (await at.getFileHandle(name)).getFile();
}
