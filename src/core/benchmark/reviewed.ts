import type { Benchmark } from './types.ts';

/** What stands wherever numbers of such a benchmark do. */
export const NOT_REVIEWED =
  'Not reviewed: the questions of this benchmark were drafted by a program and no person has checked them.';

/** What such a benchmark's name ends with, so that whatever names it says so. */
const SUFFIX = ' (not reviewed)';

/** The name of a benchmark with what must be said of it. */
export function namedAsReviewed(name: string, pairs: Benchmark['pairs']): string {
  return isUnreviewed({ pairs }) && !name.endsWith(SUFFIX) ? `${name}${SUFFIX}` : name;
}

/** Whether a benchmark's questions were made by a program and seen by nobody: its pairs say `reviewed: false`. */
export function isUnreviewed({ pairs }: Pick<Benchmark, 'pairs'>): boolean {
  return pairs.some((p) => p.extra['reviewed'] === false);
}
