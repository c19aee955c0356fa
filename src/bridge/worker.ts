import { wrap, type Remote } from 'comlink';
import { webLocks } from './locks.ts';
import { ALIVE, RUNTIME_STARTED, RUNTIME_STARTING } from '../protocol/life.ts';
import { fail, fault, toFault, type Fault, type Result } from '../core/fault.ts';

/** A worker says that it lives as soon as its scripts are read; one that is silent for longer was ended while it started. */
const START_MS = 60_000;
/** ONNX Runtime starts in a second or two; one that takes longer than this hangs. */
const RUNTIME_START_MS = 90_000;
/** The fact of the fault of a worker whose runtime hung while it started: a fresh worker may do better. */
export const HUNG_AT_START = 'hungAtStart';

/** A worker as its owner sees it. */
export interface Client<Api extends object> {
  readonly alive: boolean;
  /** Calls the worker; never hangs on its death. */
  call<T>(work: (api: Remote<Api>) => Promise<Result<T>>): Promise<Result<T>>;
  /** Ends the worker at once; calls in flight answer 'worker-died'. */
  kill(reason?: string): void;
}

type Death = { readonly ok: false; readonly fault: Fault };

/**
 * One worker and its life. Comlink never rejects when a worker dies, so every call here is raced against the worker's death: an error that escapes
 * it, `kill`, or its life lock falling free (workers/life.ts). A killed client answers every later call with 'worker-died' and is replaced, not revived.
 */
export class WorkerClient<Api extends object> implements Client<Api> {
  readonly api: Remote<Api>;
  private readonly worker: Worker;
  private readonly what: string;
  /** Calls in flight, to be answered when the worker dies. A race against one long promise would hold every result for as long as the worker lives. */
  private readonly waiting = new Set<(death: Death) => void>();
  private death: Death | null = null;

  /** @param name the worker's own name, unique; also that of its life lock */
  constructor(worker: Worker, what: string, name: string) {
    this.worker = worker;
    this.api = wrap<Api>(worker);
    this.what = what;
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
    this.watchRuntime(worker);
    worker.addEventListener('messageerror', () => this.end('a message could not be read'));
  }

  /** Waits for the lock that the worker holds: it is granted when the worker is gone. */
  private watch(name: string): void {
    // Without locks death shows only as an error.
    void webLocks().then((locks) =>
      locks?.request(name, () => this.end('it was ended from outside, perhaps for want of memory')),
    );
  }

  /** Ends a worker whose runtime hangs while it starts. */
  private watchRuntime(worker: Worker): void {
    let deadline: ReturnType<typeof setTimeout> | undefined;
    worker.addEventListener('message', ({ data }) => {
      if (data === RUNTIME_STARTED) clearTimeout(deadline);
      if (data !== RUNTIME_STARTING) return;
      deadline = setTimeout(() => {
        worker.terminate();
        this.end(`ONNX Runtime did not start in ${RUNTIME_START_MS / 1000} seconds`, { [HUNG_AT_START]: true });
      }, RUNTIME_START_MS);
    });
  }

  private end(reason: string, facts?: Fault['facts']): void {
    if (this.death) return;
    this.death = fail(fault('worker-died', `The ${this.what} stopped: ${reason}.`, facts));
    for (const answer of this.waiting) answer(this.death);
    this.waiting.clear();
  }

  get alive(): boolean {
    return this.death === null;
  }

  /** Calls the worker; never hangs on its death. */
  call<T>(work: (api: Remote<Api>) => Promise<Result<T>>): Promise<Result<T>> {
    if (this.death) return Promise.resolve(this.death);
    return new Promise((resolve) => {
      this.waiting.add(resolve);
      const settle = (result: Result<T>): void => {
        this.waiting.delete(resolve);
        resolve(result);
      };
      work(this.api).then(settle, (e: unknown) => settle(fail(toFault(e, 'worker-died'))));
    });
  }

  /** Ends the worker at once; calls in flight answer 'worker-died'. GPU memory is really freed only so. */
  kill(reason = 'it was replaced'): void {
    if (this.death) return;
    this.worker.terminate();
    this.end(reason);
  }
}
