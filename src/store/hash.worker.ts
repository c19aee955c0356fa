import { hashPart } from './hash.ts';

/** Hashes off the page: one message, one answer, in order. Errors cross as words. */
self.addEventListener('message', (event: MessageEvent<{ id: number; state: Uint8Array | null; part: Blob }>) => {
  const { id, state, part } = event.data;
  void hashPart(state, part).then(
    (step) => self.postMessage({ id, step }),
    (error: unknown) =>
      self.postMessage({
        id,
        name: error instanceof Error ? error.name : 'Error',
        message: error instanceof Error ? error.message : String(error),
      }),
  );
});
