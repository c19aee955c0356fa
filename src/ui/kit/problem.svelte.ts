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
