import { expect, test } from 'vitest';
import { methodChoices } from '../../../src/core/methods/registry.ts';
import { hindranceOf, type PlanState } from '../../../src/ui/plan/hindrance.ts';

const ready: PlanState = {
  ...{ busy: false, model: true, pairs: 3, methods: methodChoices(['gd']), words: 0, missing: [], limitWrong: false },
  ...{ marked: 1, promptSet: true, probes: null, serverWrong: null },
};

test('nothing keeps a whole plan from starting', () => {
  expect(hindranceOf(ready)).toBeNull();
  expect(hindranceOf({ ...ready, methods: methodChoices(['gd+paraphrase']), words: 1 })).toBeNull();
});

test.each([
  [{ busy: true, model: false }, 'Another run'],
  [{ model: false, pairs: null }, 'Bring a model'],
  [{ pairs: null }, 'Bring a benchmark'],
  [{ pairs: 0 }, 'no pair that can run'],
  [{ methods: [] }, 'at least one method'],
  [{ promptSet: false }, 'Choose a prompt set'],
  [{ methods: methodChoices(['ps+paraphrase']) }, 'whose words'],
  [{ missing: ['a.jpg', 'b.jpg'] }, 'a.jpg, b.jpg'],
  [{ methods: methodChoices(['gd', 'gd+marks']), marked: 0 }, 'no marks to show'],
  [{ probes: 'The seed must be' }, 'The seed'],
  [{ limitWrong: true }, 'whole number'],
  [{ serverWrong: 'Requests at once must be a whole number.' }, 'Requests at once'],
] satisfies [Partial<PlanState>, string][])('%o', (change, words) => {
  expect(hindranceOf({ ...ready, ...change })).toContain(words);
});
