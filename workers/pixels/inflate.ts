import { Inflate } from 'pako';
import { joinBytes } from '../../src/core/bytes.ts';

/**
 * Inflates a zlib stream as far as it goes: what stands behind its end is passed over, and where the end is missing, what came before it is given.
 * @returns null where nothing of it can be inflated
 */
export function inflate(bytes: Uint8Array): Uint8Array | null {
  const parts: Uint8Array[] = [];
  const stream = new Inflate();
  stream.onData = (part) => {
    if (part instanceof Uint8Array) parts.push(part);
  };
  stream.push(bytes, true);
  return parts.length === 0 ? null : joinBytes(parts);
}
