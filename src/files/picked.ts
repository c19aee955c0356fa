import { isHidden } from '../core/hidden.ts';
import { sourceFile, type Folder, type SourceFile } from './source.ts';

/* Folders as they come into a page: by a picker, or dropped. */

/** What an `<input webkitdirectory>` gives; null when nothing was chosen. */
export function folderOfInput(list: FileList | null): Folder | null {
  const files = [...(list ?? [])];
  const first = files[0];
  if (!first) return null;
  const name = first.webkitRelativePath.split('/')[0] ?? first.name;
  return { name, files: kept(files.map((f) => sourceFile(afterFirst(f.webkitRelativePath || f.name), f))) };
}

function afterFirst(path: string): string {
  const slash = path.indexOf('/');
  return slash < 0 ? path : path.slice(slash + 1);
}

/** Without what is hidden. */
export function kept(files: readonly SourceFile[]): readonly SourceFile[] {
  return files.filter((f) => !isHidden(f.path));
}

/**
 * The folders among dropped things; files dropped singly make one folder of their own.
 * Must be called while the drop event is being handled: the browser empties the list after it.
 */
export function droppedFolders(data: DataTransfer): Promise<readonly Folder[]> {
  const entries = [...data.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  return readEntries(entries);
}

async function readEntries(entries: readonly FileSystemEntry[]): Promise<readonly Folder[]> {
  const folders: Folder[] = [];
  const loose: SourceFile[] = [];
  for (const entry of entries) {
    if (isDirectory(entry)) folders.push({ name: entry.name, files: kept(await walk(entry, '')) });
    else if (isFile(entry)) loose.push(sourceFile(entry.name, await fileOf(entry)));
  }
  const name = loose[0]?.path ?? 'files';
  return loose.length > 0 ? [...folders, { name, files: kept(loose) }] : folders;
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

async function walk(directory: FileSystemDirectoryEntry, above: string): Promise<SourceFile[]> {
  const found: SourceFile[] = [];
  for (const entry of await childrenOf(directory)) {
    const path = above + entry.name;
    if (isHidden(path)) continue;
    if (isDirectory(entry)) found.push(...(await walk(entry, `${path}/`)));
    else if (isFile(entry)) found.push(sourceFile(path, await fileOf(entry)));
  }
  return found;
}

/** A reader gives at most 100 entries at a time, and an empty list at the end. */
async function childrenOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}
