/* The File System Access API, where the browser has it (Chromium); TypeScript's DOM library does not declare it yet. */

interface Pickers {
  showDirectoryPicker?: (options: { mode: 'readwrite'; id: string }) => Promise<FileSystemDirectoryHandle>;
  showSaveFilePicker?: (options: { suggestedName: string; id: string }) => Promise<FileSystemFileHandle>;
}

declare global {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- merges what the browser has into its own type
  interface Window extends Pickers {}
}

const cancelled = (e: unknown): boolean => e instanceof DOMException && e.name === 'AbortError';

export const canPickFolder = (): boolean => window.showDirectoryPicker !== undefined;

/** A folder to write to; null when the user chose none. */
export async function pickFolder(): Promise<FileSystemDirectoryHandle | null> {
  try {
    return (await window.showDirectoryPicker?.({ mode: 'readwrite', id: 'lookalike' })) ?? null;
  } catch (e) {
    if (cancelled(e)) return null;
    throw e;
  }
}

/** A file to write a zip to; null where the browser has no such picker. */
export async function pickZip(name: string): Promise<FileSystemFileHandle | 'cancelled' | null> {
  try {
    return (await window.showSaveFilePicker?.({ suggestedName: name, id: 'lookalike' })) ?? null;
  } catch (e) {
    if (cancelled(e)) return 'cancelled';
    throw e;
  }
}
