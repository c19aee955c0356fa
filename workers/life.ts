import { ALIVE } from '../src/protocol/life.ts';

/**
 * Holds a Web Lock named after this worker for as long as it lives. No event tells a page that a worker was killed, but the lock of a dead worker is free:
 * whoever waits for it learns of the death at once (src/bridge/worker.ts).
 */
export function holdLife(): void {
  if (!('locks' in navigator) || self.name === '') {
    self.postMessage(ALIVE);
    return;
  }
  navigator.locks
    .request(self.name, () => {
      self.postMessage(ALIVE);
      return new Promise<never>(() => undefined);
    })
    // A browser that keeps nothing for this page may refuse locks too: the worker lives all the same.
    .catch(() => self.postMessage(ALIVE));
}
