import { expect, test } from 'vitest';
import { stepIn, tilesIn } from '../../../src/ui/kit/tiles.ts';

test('a wall has as many columns as fit, which share its width', () => {
  expect(tilesIn(1092, 264, 12)).toEqual({ columns: 4, width: 264 });
  expect(tilesIn(1091, 264, 12)).toEqual({ columns: 3, width: (1091 - 24) / 3 });
  expect(tilesIn(358, 264, 12, 2)).toEqual({ columns: 2, width: 173 });
  expect(tilesIn(100, 264, 12)).toEqual({ columns: 1, width: 100 });
  expect(tilesIn(0, 264, 12)).toEqual({ columns: 1, width: 0 });
});

test('arrows step along a row and between rows, Home and End lead to the ends, and nothing leads out of the wall', () => {
  expect(stepIn('ArrowRight', 3, 4, 10)).toBe(4);
  expect(stepIn('ArrowDown', 3, 4, 10)).toBe(7);
  expect(stepIn('ArrowUp', 7, 4, 10)).toBe(3);
  expect(stepIn('End', 0, 4, 10)).toBe(9);
  expect(stepIn('Home', 9, 4, 10)).toBe(0);
  expect(stepIn('ArrowLeft', 0, 4, 10)).toBeNull();
  expect(stepIn('ArrowDown', 8, 4, 10)).toBeNull();
  expect(stepIn('a', 8, 4, 10)).toBeNull();
});
