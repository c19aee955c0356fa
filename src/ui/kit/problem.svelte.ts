import { toFault, type Fault } from '../../core/fault.ts';

/** What went wrong with the last thing that was tried; forgotten when the next is. */
export function createProblem() {
  let fault = $state.raw<Fault | null>(null);
  return {
    get fault() {
      return fault;
    },
    /** Does something and keeps what it throws. */
    async guarded(work: () => Promise<void>): Promise<void> {
      fault = null;
      try {
        await work();
      } catch (e) {
        fault = toFault(e);
      }
    },
  };
}

/** What kept some work from its end; null where it is done, or the user stopped it. */
export async function problemOf(work: () => Promise<void>): Promise<Fault | null> {
  try {
    await work();
    return null;
  } catch (e) {
    const f = toFault(e);
    return f.code === 'stopped' ? null : f;
  }
}
