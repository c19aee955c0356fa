import { expect, it } from 'vitest';
import { judgeDtypes } from '../../../src/ui/plan/judges.ts';

it('a judge is offered in the weights that this device computes', () => {
  expect(judgeDtypes(['q4', 'q4f16', 'fp16', 'fp32'], false)).toEqual(['q4', 'fp32']);
  expect(judgeDtypes(['q4', 'q4f16'], true)).toEqual(['q4', 'q4f16']);
  expect(judgeDtypes(['q4f16'], false)).toEqual([]);
});
