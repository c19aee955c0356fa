import { createSHA1 } from 'hash-wasm';
import { hex } from '../core/bytes.ts';

/** SHA-256 of bytes that fit in memory, by the browser's own code. */
export async function sha256(bytes: Uint8Array<ArrayBuffer> | ArrayBuffer): Promise<string> {
  return hex(await crypto.subtle.digest('SHA-256', bytes));
}

/** The object id that git gives a file's content (how the hub names small files): SHA-1 of "blob <length>\0" and the bytes. */
export async function gitBlobId(content: Blob): Promise<string> {
  const hasher = (await createSHA1()).init();
  hasher.update(`blob ${content.size}\0`);
  hasher.update(new Uint8Array(await content.arrayBuffer()));
  return hasher.digest();
}
