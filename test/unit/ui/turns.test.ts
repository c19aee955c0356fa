import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { atOnce, type Steps } from '../../../src/core/steps.ts';
import { inTurn, inTurns, workThrough } from '../../../src/ui/kit/turns.ts';

let said: string[] = [];
/** What the clock shows, ms. */
let now = 0;
beforeEach(() => {
  said = [];
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Steps that each take as long as they say, ms. */
function* work(...steps: readonly number[]): Steps<number> {
  for (const ms of steps) {
    now += ms;
    said.push(`${ms}`);
    yield;
  }
  return steps.length;
}
const say = (word: string) => () => void said.push(word);
/** Behind all that waits now. */
const behind = (): Promise<void> => new Promise((resolve) => void inTurn(resolve));

test('who waits first comes first, each in a task of its own', async () => {
  for (const name of ['one', 'two', 'three'])
    inTurn(() => {
      said.push(name);
      void Promise.resolve().then(say(`after ${name}`));
    });
  expect(said).toEqual([]);
  await behind();
  expect(said).toEqual(['one', 'after one', 'two', 'after two', 'three', 'after three']);
});

test('who gives the place up is not called, and those behind are', async () => {
  const leave = inTurn(say('one'));
  inTurn(say('two'));
  leave();
  await behind();
  expect(said).toEqual(['two']);
});

test('short steps share a turn, long ones have one each, and what is found comes last', async () => {
  workThrough(work(1, 1, 50, 50), (n) => said.push(`found ${n}`));
  for (const word of ['first', 'second', 'third', 'fourth', 'fifth']) {
    inTurn(say(word));
    await behind();
  }
  const order = said.filter((word) => !['third', 'fourth', 'fifth'].includes(word));
  expect(order).toEqual(['1', '1', '50', 'first', '50', 'second', 'found 4']);
});

test('work that is left is not gone on with, and what it had found is not told', async () => {
  const leave = workThrough(work(50, 50), say('found'));
  await behind();
  leave();
  await behind();
  await behind();
  expect(said).toEqual(['50']);
});

test('work that fails says so to whoever waits for it, and keeps nobody from their turn', async () => {
  const failing = inTurns(
    (function* (): Steps<number> {
      yield;
      throw new Error('broken');
    })(),
  );
  await expect(failing).rejects.toThrow('broken');
  await behind();
});

test('steps without a break give the same', () => {
  expect(atOnce(work(1, 50))).toBe(2);
});
