import type { DriveEvent } from './types.ts';

type Progress = Extract<DriveEvent, { type: 'progress' }>;

/** What is counted, and how far it has come. */
type Counted = Pick<Progress, 'what' | 'unit' | 'done' | 'total'>;

/** Progress of something whose rate says nothing. */
export function progressOf(counted: Counted): Progress {
  return { type: 'progress', ...counted, failed: 0, rate: null, secondsLeft: null };
}

/** Progress with the rate so far, and the seconds that are left at that rate. @param began `performance.now()` at the start */
export function progressSince(began: number, counted: Counted): Progress {
  const { done, total } = counted;
  if (done === 0) return progressOf(counted);
  const rate = done / ((performance.now() - began) / 1000);
  return { ...progressOf(counted), rate, secondsLeft: (total - done) / rate };
}
