import { expect, test } from 'vitest';
import { BLANK, fileImage, imageKey, imageOfFile } from '../../../src/core/images/ref.ts';

test('a file is named by its hash, and the blank image as kept features and caches know it', () => {
  expect(imageKey(fileImage('5f2c'))).toBe('5f2c');
  expect(imageKey(BLANK)).toBe('blank');
});

test('a file that is not there is no image', () => {
  expect(imageOfFile({ sha256: null })).toBeNull();
  expect(imageOfFile({ sha256: '5f2c' })).toEqual(fileImage('5f2c'));
});
