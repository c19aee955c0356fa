import { createSHA1, createSHA256 } from 'hash-wasm';

/** SHA-256 of a file so far: a saved state to go on from, and the digest of everything up to here. */
export interface HashStep {
  readonly state: Uint8Array;
  /** Digest of the file up to and with this part. */
  readonly digest: string;
  /** Digest of this part alone. */
  readonly part: string;
}

/** Hashes one part of a file behind the parts that `state` stands for (null: none). */
export type HashPart = (state: Uint8Array | null, part: Blob) => Promise<HashStep>;

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

export function hex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (b) => HEX[b] ?? '').join('');
}

/** SHA-256 of bytes that fit in memory, by the browser's own code. */
export async function sha256(bytes: Uint8Array<ArrayBuffer> | ArrayBuffer): Promise<string> {
  return hex(await crypto.subtle.digest('SHA-256', bytes));
}

/**
 * The part is read into memory once, so its size bounds the memory. WebCrypto cannot hash incrementally: the running hash is hash-wasm's;
 * the part's own is WebCrypto's, which is the faster.
 */
export const hashPart: HashPart = async (state, part) => {
  const bytes = await part.arrayBuffer();
  const hasher = (await createSHA256()).init();
  if (state !== null) hasher.load(state);
  hasher.update(new Uint8Array(bytes));
  const saved = hasher.save().slice();
  return { state: saved, digest: hasher.digest(), part: await sha256(bytes) };
};

/** The object id that git gives a file's content (how the hub names small files): SHA-1 of "blob <length>\0" and the bytes. */
export async function gitBlobId(content: Blob): Promise<string> {
  const hasher = (await createSHA1()).init();
  hasher.update(`blob ${content.size}\0`);
  hasher.update(new Uint8Array(await content.arrayBuffer()));
  return hasher.digest();
}
