import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { prompts } from '../../../src/ui/shared/prompts.svelte.ts';

const file = (name: string): string =>
  JSON.stringify({
    name,
    prompts: { letter: 'Question: {q}\nA: {a}\nB: {b}', open: 'Question: {q}' },
    system: null,
  });

test('files of prompts that are brought at once are all kept', async () => {
  const names = ['one', 'two', 'three'];
  const shown = await Promise.all(names.map((name) => prompts.bring(`${name}.json`, file(name))));
  expect(shown).toEqual(names);
  expect(prompts.files.map((f) => f.name)).toEqual(['one.json', 'two.json', 'three.json']);
});

test('of two sets of one name that are brought at once the second is refused, and what comes behind it is taken', async () => {
  const brought = await Promise.allSettled([
    prompts.bring('four.json', file('four')),
    prompts.bring('also four.json', file('Four')),
    prompts.bring('five.json', file('five')),
  ]);
  expect(brought.map((b) => b.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(prompts.files.map((f) => f.name)).toEqual(expect.arrayContaining(['four.json', 'five.json']));
  expect(prompts.files.map((f) => f.name)).not.toContain('also four.json');
});
