import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startAgain } from '../../../src/bridge/again.ts';
import { WorkerClient } from '../../../src/bridge/worker.ts';
import { fail, fault, ok, type Result } from '../../../src/core/fault.ts';
import { ALIVE, RUNTIME_STARTED, RUNTIME_STARTING } from '../../../src/protocol/life.ts';

interface Api {
  work(): Promise<Result<string>>;
}

/** A worker that never answers a call. */
class SilentWorker extends EventTarget {
  terminated = false;
  postMessage(): void {}
  terminate(): void {
    this.terminated = true;
  }
  says(data: string): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data }));
  }
}

function silent(): { readonly worker: SilentWorker; readonly client: WorkerClient<Api> } {
  const worker = new SilentWorker();
  return { worker, client: new WorkerClient<Api>(worker as unknown as Worker, 'engine worker', 'engine-1') };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a worker', () => {
  it('that says nothing for a minute is ended', async () => {
    const { worker, client } = silent();
    const call = client.call((api) => api.work());
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await call).toMatchObject({ ok: false, fault: { code: 'worker-died' } });
    expect(worker.terminated).toBe(true);
  });

  it('whose runtime does not start is ended, and says that a fresh one may do better', async () => {
    const { worker, client } = silent();
    worker.says(ALIVE);
    const call = client.call((api) => api.work());
    worker.says(RUNTIME_STARTING);
    await vi.advanceTimersByTimeAsync(89_000);
    expect(client.alive).toBe(true);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await call).toMatchObject({
      fault: { message: expect.stringContaining('did not start in 90 seconds'), facts: { hungAtStart: true } },
    });
    expect(worker.terminated).toBe(true);
  });

  it('whose runtime has started may work for as long as it likes', async () => {
    const { worker, client } = silent();
    worker.says(ALIVE);
    worker.says(RUNTIME_STARTING);
    worker.says(RUNTIME_STARTED);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(client.alive).toBe(true);
  });
});

describe('a start', () => {
  const hung = fail(fault('worker-died', 'It hung.', { hungAtStart: true }));
  const starts = (...outcomes: readonly Result<string>[]): (() => Promise<Result<string>>) & { made: number } => {
    const start = Object.assign(() => Promise.resolve(outcomes[start.made++] ?? hung), { made: 0 });
    return start;
  };

  it('that hung is tried in a fresh worker', async () => {
    const start = starts(hung, ok('loaded'));
    expect(await startAgain(start)).toEqual(ok('loaded'));
    expect(start.made).toBe(2);
  });

  it('is tried three times at most', async () => {
    const start = starts();
    expect(await startAgain(start)).toEqual(hung);
    expect(start.made).toBe(3);
  });

  it('that failed for another reason is not tried again', async () => {
    const start = starts(fail(fault('bad-model', 'No weights.')), ok('loaded'));
    expect(await startAgain(start)).toMatchObject({ ok: false });
    expect(start.made).toBe(1);
  });
});
