import { expect, test } from 'vitest';
import { rangeInSight } from '../../../src/ui/kit/windowed.svelte.ts';

test('a long list draws what is in sight and one window more on either side', () => {
  // Rows of 50 px in a window of 500 px.
  expect(rangeInSight(0, 50, 500, 10_000)).toEqual({ from: 0, to: 20 });
  expect(rangeInSight(-5000, 50, 500, 10_000)).toEqual({ from: 90, to: 120 });
  expect(rangeInSight(-499_750, 50, 500, 10_000)).toEqual({ from: 9980, to: 10_000 });
});

test('a list out of sight has the end drawn that is nearer, so that keys find it; a short one is whole', () => {
  expect(rangeInSight(5200, 50, 500, 100)).toEqual({ from: 0, to: 20 });
  expect(rangeInSight(-50_000, 50, 500, 100)).toEqual({ from: 80, to: 100 });
  expect(rangeInSight(-50_000, 50, 500, 3)).toEqual({ from: 0, to: 3 });
  expect(rangeInSight(0, 50, 500, 0)).toEqual({ from: 0, to: 0 });
});
