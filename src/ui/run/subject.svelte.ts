import { heldSubject, type HeldRun } from '../../app/report.ts';
import type { Reading } from '../../core/methods/reading.ts';
import type { Subject } from '../../core/reports/subject.ts';
import { workThrough } from '../kit/turns.ts';

/**
 * Everything that follows from a run's records, for what stands below its first numbers. Much of it resamples: it is derived in turns, so that the page
 * is there before and goes on meanwhile.
 * @param input the run as it is kept, and how it is read; null while it goes on, or has nothing
 */
export function createSubject(input: () => { readonly held: HeldRun; readonly reading: Reading } | null) {
  let subject = $state.raw<Subject | null>(null);
  $effect(() => {
    const now = input();
    if (now === null) {
      subject = null;
      return;
    }
    return workThrough(heldSubject(now.held, now.reading), (found) => (subject = found));
  });
  return {
    get value() {
      return subject;
    },
  };
}
