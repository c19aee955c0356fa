import type { Steps } from '../../core/steps.ts';

/*
 * Work of the page in turns: between two of them the browser draws, and takes what a person does. Who waits first comes first.
 */

/** ms of one turn; a step that takes longer has a turn of its own. */
const TURN = 12;
const waiting: (() => void)[] = [];
let going = false;

function next(): void {
  const turn = waiting.shift();
  going = waiting.length > 0;
  if (going) setTimeout(next);
  turn?.();
}

/**
 * Calls back in a task of its own, behind all that wait already.
 * @returns the way to give the place up
 */
export function inTurn(then: () => void): () => void {
  waiting.push(then);
  if (!going) {
    going = true;
    setTimeout(next);
  }
  return () => {
    const at = waiting.indexOf(then);
    if (at >= 0) waiting.splice(at, 1);
  };
}

/** Ends the task in hand; what follows is a turn of its own. */
export const turn = (): Promise<void> => new Promise((resolve) => void inTurn(resolve));

/** Does long work in turns; what follows from it is a turn of its own. */
export async function inTurns<T>(steps: Steps<T>): Promise<T>;
export async function inTurns<T>(steps: Steps<T>, left: () => boolean): Promise<T | null>;
export async function inTurns<T>(steps: Steps<T>, left = (): boolean => false): Promise<T | null> {
  for (;;) {
    await turn();
    if (left()) return null;
    const until = performance.now() + TURN;
    do {
      const step = steps.next();
      if (step.done === true) {
        await turn();
        return left() ? null : step.value;
      }
    } while (performance.now() < until);
  }
}

/**
 * Does long work in turns, and hands over what it found.
 * @returns the way to leave it: nothing is handed over then
 */
export function workThrough<T>(steps: Steps<T>, found: (value: T) => void): () => void {
  let left = false;
  void inTurns(steps, () => left).then((value) => {
    if (value !== null) found(value);
  });
  return () => {
    left = true;
  };
}
