import { createSHA256 } from 'hash-wasm';
import { hex } from '../../src/core/bytes.ts';
import type { HashPart } from '../../src/protocol/hash.ts';

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
  const own = await crypto.subtle.digest('SHA-256', bytes);
  return { state: saved, digest: hasher.digest(), part: hex(own) };
};
