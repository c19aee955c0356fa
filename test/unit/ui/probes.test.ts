import { expect, test } from 'vitest';
import { methodChoices } from '../../../src/core/methods/registry.ts';
import { probeFault, probesWanted, USUAL_PROBES } from '../../../src/ui/plan/probes.ts';

const chosen = methodChoices(['gd', 'gd+flip', 'gd+noise']);
const fault = (change: Partial<typeof USUAL_PROBES>, of = chosen): string | null =>
  probeFault({ ...USUAL_PROBES, ...change }, ['1', 'two'], of);

test('settings of probes that cannot be are told in a sentence, where they matter', () => {
  expect(fault({})).toBeNull();
  expect(fault({ seed: '-1' })).toBe('The seed must be a whole number of 0 or more.');
  expect(fault({ seed: '' })).toContain('whole number');
  expect(fault({ seed: 'x' }, methodChoices(['gd', 'gd+flip']))).toBeNull();
  expect(fault({ flips: 'some' })).toContain('Name the pairs');
  expect(fault({ flips: 'some', flipped: '1, 3' })).toBe('The benchmark has no pair 3.');
  expect(fault({ flips: 'some', flipped: '3' }, methodChoices(['gd', 'gd+noise']))).toBeNull();
  expect(fault({ flips: 'some', flipped: ' 1; two ' })).toBeNull();
});

test('a run takes them as numbers and ids', () => {
  expect(probesWanted(USUAL_PROBES)).toEqual({ seed: 0, flipAnswers: [] });
  expect(probesWanted({ seed: '7', flips: 'all', flipped: '1' })).toEqual({ seed: 7, flipAnswers: 'all' });
  expect(probesWanted({ seed: '7', flips: 'some', flipped: '1, two' })).toEqual({ seed: 7, flipAnswers: ['1', 'two'] });
});
