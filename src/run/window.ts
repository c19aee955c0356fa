/** Work of which several pieces are under way at once, and whose results are taken in the order in which they were begun. */
export interface Window<T> {
  /** Waits until another piece may begin. @throws what a piece threw, or what taking its result did */
  room(): Promise<void>;
  add(work: Promise<T>): void;
  /** Waits for all of it and takes the results. @throws as `room` */
  empty(): Promise<void>;
  /** Waits for all of it and takes nothing. */
  drop(): Promise<void>;
}

/**
 * @param width pieces at once
 * @param take what is done with each result; `i` counts the pieces from 0
 */
export function inOrder<T>(width: number, take: (i: number, value: T) => Promise<void>): Window<T> {
  const open: Promise<T>[] = [];
  let taken = 0;

  async function first(): Promise<void> {
    const work = open.shift();
    if (work) await take(taken++, await work);
  }

  return {
    room: async () => {
      while (open.length >= Math.max(1, width)) await first();
    },
    add: (work) => {
      // Its failure is met when its turn comes; until then it is no unhandled one.
      work.catch(() => undefined);
      open.push(work);
    },
    empty: async () => {
      while (open.length > 0) await first();
    },
    drop: async () => {
      await Promise.allSettled(open.splice(0));
    },
  };
}
