import { expect, test } from 'vitest';
import { hindranceOf, type PlanState } from '../../../src/ui/plan/hindrance.ts';

const ready: PlanState = {
  ...{ busy: false, model: true, pairs: 3, methods: ['gd'], words: 0, missing: [], limitWrong: false },
};

test('nothing keeps a whole plan from starting', () => {
  expect(hindranceOf(ready)).toBeNull();
  expect(hindranceOf({ ...ready, methods: ['gd+paraphrase'], words: 1 })).toBeNull();
});

test.each([
  [{ busy: true, model: false }, 'Another run'],
  [{ model: false, pairs: null }, 'Bring a model'],
  [{ pairs: null }, 'Bring a benchmark'],
  [{ pairs: 0 }, 'no pair that can run'],
  [{ methods: [] }, 'at least one method'],
  [{ methods: ['ps+paraphrase'] }, 'whose words'],
  [{ missing: ['a.jpg', 'b.jpg'] }, 'a.jpg, b.jpg'],
  [{ limitWrong: true }, 'whole number'],
] satisfies [Partial<PlanState>, string][])('%o', (change, words) => {
  expect(hindranceOf({ ...ready, ...change })).toContain(words);
});
