import { heldSubjects, type HeldRun } from '../../app/report.ts';
import type { Reading } from '../../core/methods/reading.ts';
import type { Subject } from '../../core/reports/subject.ts';

/**
 * Everything that follows from a run's records, for what stands below its first numbers. Much of it resamples: it is derived in a task of its own, so that
 * the page is there before.
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
    const timer = setTimeout(() => (subject = heldSubjects([now.held], now.reading)[0] ?? null));
    return () => clearTimeout(timer);
  });
  return {
    get value() {
      return subject;
    },
  };
}
