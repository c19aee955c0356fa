import { expect, it } from 'vitest';
import { inOrder } from '../../../src/run/window.ts';

/** A piece of work that ends when it is told to. */
function piece() {
  let done = (_: string): void => undefined;
  let break_ = (_: Error): void => undefined;
  const work = new Promise<string>((resolve, reject) => {
    done = resolve;
    break_ = reject;
  });
  return { work, done: (s: string) => done(s), break: (e: Error) => break_(e) };
}

it('results are taken in the order in which their work was begun, whichever ends first', async () => {
  const taken: string[] = [];
  const window = inOrder<string>(2, (i, value) => Promise.resolve(void taken.push(`${i} ${value}`)));
  const [a, b, c] = [piece(), piece(), piece()];
  await window.room();
  window.add(a.work);
  await window.room();
  window.add(b.work);
  b.done('b');
  const room = window.room();
  expect(taken).toEqual([]);
  a.done('a');
  await room;
  expect(taken).toEqual(['0 a']);
  window.add(c.work);
  c.done('c');
  await window.empty();
  expect(taken).toEqual(['0 a', '1 b', '2 c']);
});

it('what failed is thrown in its turn; what was begun behind it can be waited for without being taken', async () => {
  const taken: string[] = [];
  const window = inOrder<string>(3, (_, value) => Promise.resolve(void taken.push(value)));
  const [a, b, c] = [piece(), piece(), piece()];
  for (const p of [a, b, c]) window.add(p.work);
  b.break(new Error('gone'));
  a.done('a');
  c.done('c');
  await expect(window.empty()).rejects.toThrow('gone');
  await window.drop();
  expect(taken).toEqual(['a']);
});
