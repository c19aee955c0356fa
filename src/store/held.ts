import * as v from 'valibot';
import { FaultError } from '../core/fault.ts';
import type { Store } from './db.ts';

/** Bytes as a row holds them: a Blob, or where the browser cannot keep Blobs, ArrayBuffers one behind the other. */
export type Held = { readonly blob: Blob } | { readonly pieces: readonly ArrayBuffer[] };

const blob = v.instance(Blob);
const pieces = v.array(v.instance(ArrayBuffer));

/** The schema of a row that holds bytes, whichever way. */
export const heldRow = <E extends v.ObjectEntries>(entries: E) =>
  v.union([v.object({ ...entries, blob }), v.object({ ...entries, pieces })]);

/** Length of a piece: a browser that copies values between its processes does it piece by piece. */
const PIECE_BYTES = 8 * 1024 * 1024;

/** The bytes of a row as a Blob. */
export function blobOf(held: Held): Blob {
  return 'blob' in held ? held.blob : new Blob([...held.pieces]);
}

/** How many bytes a row holds. */
export function sizeOf(held: Held): number {
  return 'blob' in held ? held.blob.size : held.pieces.reduce((n, piece) => n + piece.byteLength, 0);
}

async function inPieces(content: Blob): Promise<Held> {
  const read: ArrayBuffer[] = [];
  for (let start = 0; start < content.size; start += PIECE_BYTES)
    read.push(await content.slice(start, start + PIECE_BYTES).arrayBuffer());
  return { pieces: read };
}

/** Errors by which browsers refuse a Blob. A quota is another matter, and so is a file that has gone. */
const REFUSED = new Set(['UnknownError', 'DataCloneError']);

/** Whether a write may have failed for its Blobs: it was tried again already, and still the browser gives no better reason. */
export function blobsRefused(error: unknown): boolean {
  return error instanceof FaultError && REFUSED.has(String(error.fault.facts?.['name'] ?? ''));
}

/**
 * Does `write` with the bytes in the form that the browser can keep. A Blob that is refused although Blobs could be kept before is written once more
 * as its bytes, and so is everything after it.
 */
export async function writeHeld<T>(store: Store, content: Blob, write: (held: Held) => Promise<T>): Promise<T> {
  if (store.keeping.blobs) {
    try {
      return await write({ blob: content });
    } catch (error) {
      if (!blobsRefused(error)) throw error;
    }
  }
  const written = await write(await inPieces(content));
  store.keeping.blobs = false;
  return written;
}
