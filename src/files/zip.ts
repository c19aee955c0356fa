import { BlobReader, BlobWriter, ZipReader, type FileEntry } from '@zip.js/zip.js';
import { fault, FaultError } from '../core/fault.ts';
import { sourceFile, type Folder, type SourceFile } from './source.ts';

const UNREADABLE = 'The zip cannot be read. If it was copied from another machine, copy it again.';

/**
 * The files of a zip. Stored ones (as Lookalike exports them) are slices of the zip and cost nothing; compressed ones are unpacked.
 * @throws FaultError 'unreadable'
 */
export async function filesOfZip(zip: Blob): Promise<readonly SourceFile[]> {
  const reader = new ZipReader(new BlobReader(zip), { useWebWorkers: false });
  try {
    const files: SourceFile[] = [];
    for (const entry of await reader.getEntries()) {
      if (entry.directory) continue;
      if (entry.encrypted)
        throw new FaultError(
          fault('unreadable', 'The zip is protected by a password. Unpack it and bring the folder.'),
        );
      files.push(sourceFile(entry.filename, await entryBlob(zip, entry)));
    }
    return files;
  } catch (error) {
    if (error instanceof FaultError) throw error;
    throw new FaultError(
      fault('unreadable', UNREADABLE, { detail: error instanceof Error ? error.message : String(error) }),
    );
  } finally {
    await reader.close();
  }
}

const STORED = 0;
/** Length of a local file header up to its name (APPNOTE.TXT, 4.3.7). */
const LOCAL_HEADER = 30;

async function entryBlob(zip: Blob, entry: FileEntry): Promise<Blob> {
  if (entry.compressionMethod !== STORED) return entry.getData(new BlobWriter(), { useWebWorkers: false });
  const header = new DataView(await zip.slice(entry.offset, entry.offset + LOCAL_HEADER).arrayBuffer());
  if (header.byteLength < LOCAL_HEADER || header.getUint32(0, true) !== 0x04034b50)
    throw new FaultError(fault('unreadable', UNREADABLE));
  const start = entry.offset + LOCAL_HEADER + header.getUint16(26, true) + header.getUint16(28, true);
  return zip.slice(start, start + entry.uncompressedSize);
}

/** The one file of a folder, when it is a zip. */
export function zipOf(folder: Folder): SourceFile | null {
  const [zip] = folder.files;
  return folder.files.length === 1 && zip?.path.toLowerCase().endsWith('.zip') ? zip : null;
}

/**
 * A zip that was brought is as good as the folder in it; any other folder is given back as it is.
 * @throws FaultError 'unreadable'
 */
export async function unzipped(folder: Folder): Promise<Folder> {
  const zip = zipOf(folder);
  if (zip === null) return folder;
  return { name: zip.path.replace(/\.zip$/i, ''), files: await filesOfZip(await zip.blob()) };
}
