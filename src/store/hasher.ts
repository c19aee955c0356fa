import { hashPart, type HashPart, type HashStep } from './hash.ts';

/** A hashing worker and its queue. Disposed by whoever made it. */
export interface Hasher {
  readonly hash: HashPart;
  dispose(): void;
}

type Answer =
  | { readonly id: number; readonly step: HashStep }
  | { readonly id: number; readonly name: string; readonly message: string };

/** Starts a worker that hashes, so that the page stays free; where there are no workers (Node) it hashes in place. */
export function createHasher(): Hasher {
  if (typeof Worker === 'undefined') return { hash: hashPart, dispose: () => undefined };
  const worker = new Worker(new URL('./hash.worker.ts', import.meta.url), { type: 'module', name: 'hash' });
  const waiting = new Map<number, { resolve: (step: HashStep) => void; reject: (error: Error) => void }>();
  let next = 0;
  const failAll = (message: string): void => {
    for (const { reject } of waiting.values()) reject(new Error(message));
    waiting.clear();
  };
  worker.addEventListener('message', (event: MessageEvent<Answer>) => {
    const answer = event.data;
    const entry = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('step' in answer) entry?.resolve(answer.step);
    // The name is kept: a NotReadableError means that the part is lost.
    else entry?.reject(new DOMException(answer.message, answer.name));
  });
  worker.addEventListener('error', (event) =>
    failAll(`The hashing worker stopped: ${event.message || 'no reason given'}.`),
  );
  const hash: HashPart = (state, part) =>
    new Promise((resolve, reject) => {
      const id = next++;
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, state, part });
    });
  const dispose = (): void => {
    worker.terminate();
    failAll('Hashing was stopped.');
  };
  return { hash, dispose };
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
