import { kept } from './picked.ts';
import type { Folder, SourceFile } from './source.ts';

/* Folders by handles (File System Access API), which a page may keep and read again later. */

interface Picker {
  showDirectoryPicker?: (options: { mode: 'read'; id: string }) => Promise<FileSystemDirectoryHandle>;
}

const picker = (): Picker['showDirectoryPicker'] =>
  'showDirectoryPicker' in globalThis ? (globalThis as Picker).showDirectoryPicker : undefined;

/** Whether this browser can hand a folder to a page for good. Elsewhere images are copied. */
export const canKeepFolders = (): boolean => picker() !== undefined;

/** Asks for a folder; null where none was chosen. */
export async function pickKeptFolder(): Promise<FileSystemDirectoryHandle | null> {
  try {
    return (await picker()?.({ mode: 'read', id: 'lookalike-images' })) ?? null;
  } catch (e) {
    if (e instanceof DOMException && e.name === 'AbortError') return null;
    throw e;
  }
}

/** What lies in a folder, in any depth. Bytes are asked for only when needed. */
export async function folderOfHandle(handle: FileSystemDirectoryHandle): Promise<Folder> {
  return { name: handle.name, files: kept(await walk(handle, '')) };
}

async function walk(directory: FileSystemDirectoryHandle, above: string): Promise<SourceFile[]> {
  const found: SourceFile[] = [];
  for await (const entry of directory.values()) {
    const path = above + entry.name;
    if (isFolder(entry)) found.push(...(await walk(entry, `${path}/`)));
    else if (isFile(entry)) found.push({ path, size: (await entry.getFile()).size, blob: () => entry.getFile() });
  }
  return found;
}

function isFolder(entry: FileSystemHandle): entry is FileSystemDirectoryHandle {
  return entry.kind === 'directory';
}
function isFile(entry: FileSystemHandle): entry is FileSystemFileHandle {
  return entry.kind === 'file';
}
