import { hashHere, spawnHash } from '../bridge/spawn.ts';
import type { HashPart } from '../protocol/hash.ts';

export type { HashPart, HashStep } from '../protocol/hash.ts';

/** A hashing worker. Disposed by whoever made it. */
export interface Hasher {
  readonly hash: HashPart;
  dispose(): void;
}

/** Starts a worker that hashes, so that the page stays free; where there are no workers (Node) it hashes in place. */
function createHasher(): Hasher {
  if (typeof Worker === 'undefined') return { hash: hashHere, dispose: () => undefined };
  const client = spawnHash();
  return {
    hash: async (state, part) => {
      const step = await client.call((api) => api.hash(state, part));
      if (step.ok) return step.value;
      // The name is kept: a NotReadableError means that the part is lost.
      throw new DOMException(step.fault.message, String(step.fault.facts?.['name'] ?? 'Error'));
    },
    dispose: () => client.kill('hashing is done'),
  };
}

/** Lends a hasher to `work` and disposes it whatever happens. */
export async function withHasher<T>(work: (hash: HashPart) => Promise<T>): Promise<T> {
  const hasher = createHasher();
  try {
    return await work(hasher.hash);
  } finally {
    hasher.dispose();
  }
}
