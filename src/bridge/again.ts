import type { Result } from '../core/fault.ts';
import { HUNG_AT_START } from './worker.ts';

/** Fresh workers that a hung start is given. */
const STARTS = 3;

/** Starts in a fresh worker again where the runtime of the one before hung while it started; any other outcome is the caller's. */
export async function startAgain<T>(start: () => Promise<Result<T>>): Promise<Result<T>> {
  for (let i = 1; ; i++) {
    const result = await start();
    if (result.ok || i === STARTS || result.fault.facts?.[HUNG_AT_START] !== true) return result;
  }
}
