import { wrap, type Remote } from 'comlink';
import { ALIVE } from '../protocol/life.ts';
import { fail, fault, toFault, type Result } from '../core/fault.ts';

/** A worker says that it lives as soon as its scripts are read; one that is silent for longer was ended while it started. */
const START_MS = 60_000;

/**
 * One worker and its life. Comlink never rejects when a worker dies, so every call here is raced against the worker's death: an error that escapes
 * it, `kill`, or its life lock falling free (workers/life.ts). A killed client answers every later call with 'worker-died' and is replaced, not revived.
 */
export class WorkerClient<Api extends object> {
  readonly api: Remote<Api>;
  private readonly worker: Worker;
  private readonly died: Promise<{ ok: false; fault: ReturnType<typeof fault> }>;
  private end: (reason: string) => void = () => undefined;
  private dead = false;

  /** @param name the worker's own name, unique; also that of its life lock */
  constructor(worker: Worker, what: string, name: string) {
    this.worker = worker;
    this.api = wrap<Api>(worker);
    this.died = new Promise((resolve) => {
      this.end = (reason) => {
        this.dead = true;
        resolve(fail(fault('worker-died', `The ${what} stopped: ${reason}.`)));
      };
    });
    const deadline = setTimeout(() => this.kill('it did not start in a minute'), START_MS);
    worker.addEventListener('error', (e) => {
      this.end(e.message || 'it could not be started');
      worker.terminate();
    });
    worker.addEventListener('message', (e) => {
      if (e.data !== ALIVE) return;
      clearTimeout(deadline);
      this.watch(name);
    });
    worker.addEventListener('messageerror', () => this.end('a message could not be read'));
  }

  /** Waits for the lock that the worker holds: it is granted when the worker is gone. */
  private watch(name: string): void {
    if (!('locks' in navigator)) return; // an old browser: death shows only as an error
    void navigator.locks.request(name, () => this.end('it was ended from outside, perhaps for want of memory'));
  }

  get alive(): boolean {
    return !this.dead;
  }

  /** Calls the worker; never hangs on its death. */
  async call<T>(work: (api: Remote<Api>) => Promise<Result<T>>): Promise<Result<T>> {
    if (this.dead) return this.died;
    try {
      return await Promise.race([work(this.api), this.died]);
    } catch (e) {
      return fail(toFault(e, 'worker-died'));
    }
  }

  /** Ends the worker at once; calls in flight answer 'worker-died'. GPU memory is really freed only so. */
  kill(reason = 'it was replaced'): void {
    if (this.dead) return;
    this.worker.terminate();
    this.end(reason);
  }
}
