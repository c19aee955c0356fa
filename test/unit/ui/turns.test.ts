import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { atOnce, type Steps } from '../../../src/core/steps.ts';
import { inTurn, workThrough } from '../../../src/ui/kit/turns.ts';

let said: string[] = [];
/** What the clock shows, ms. */
let now = 0;
beforeEach(() => {
  said = [];
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
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

test('who waits first comes first, each in a task of its own', () => {
  for (const name of ['one', 'two', 'three']) inTurn(() => said.push(name));
  expect(said).toEqual([]);
  vi.advanceTimersToNextTimer();
  expect(said).toEqual(['one']);
  vi.runAllTimers();
  expect(said).toEqual(['one', 'two', 'three']);
});

test('who gives the place up is not called, and those behind are', () => {
  const leave = inTurn(() => said.push('one'));
  inTurn(() => said.push('two'));
  leave();
  vi.runAllTimers();
  expect(said).toEqual(['two']);
});

test('one that fails keeps nobody from their turn', () => {
  inTurn(() => {
    throw new Error('one');
  });
  inTurn(() => said.push('two'));
  expect(() => vi.runAllTimers()).toThrow('one');
  vi.runAllTimers();
  expect(said).toEqual(['two']);
});

test('short steps share a turn, long ones have one each, and what is found comes last', () => {
  workThrough(work(1, 1, 50, 50), (n) => said.push(`found ${n}`));
  vi.advanceTimersToNextTimer();
  expect(said).toEqual(['1', '1', '50']);
  vi.advanceTimersToNextTimer();
  expect(said).toEqual(['1', '1', '50', '50']);
  vi.runAllTimers();
  expect(said).toEqual(['1', '1', '50', '50', 'found 4']);
});

test('work that is left is not gone on with, and what it had found is not told', () => {
  const leave = workThrough(work(50, 50), () => said.push('found'));
  vi.advanceTimersToNextTimer();
  leave();
  vi.runAllTimers();
  expect(said).toEqual(['50']);
});

test('steps without a break give the same', () => {
  expect(atOnce(work(1, 50))).toBe(2);
});
