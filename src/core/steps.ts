/** Long work in steps: whoever runs it may do something else between two of them. It ends with what it found. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Runs all steps without a break. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
