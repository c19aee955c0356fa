import { describe, expect, it } from 'vitest';
import { expandMethods, methodParts } from '../../../src/core/scoring/methods.ts';

describe('methodParts', () => {
  it.each([
    ['gd', { base: 'gd', condition: null }],
    ['mc+swap', { base: 'mc', condition: 'swap' }],
    ['ps+no-image', { base: 'ps', condition: 'no-image' }],
    ['ff+paraphrase-12', { base: 'ff', condition: 'paraphrase', paraphrase: 12 }],
  ])('%s', (method, parts) => {
    expect(methodParts(method)).toEqual(parts);
  });
  it.each([
    'ps+swap',
    'ff+swap',
    'gd+paraphrase',
    'gd+paraphrase-0',
    'gd+paraphrase-x',
    'gd+swap+swap',
    'ps-official',
    '',
  ])('"%s" cannot be computed', (method) => {
    expect(methodParts(method)).toBeNull();
  });
});

describe('expandMethods', () => {
  it('asks in the words of each paraphrase, once', () => {
    expect(expandMethods(['gd', 'gd+paraphrase', 'gd+paraphrase-2', 'gd+swap'], 2)).toEqual([
      'gd',
      'gd+paraphrase-1',
      'gd+paraphrase-2',
      'gd+swap',
    ]);
  });
  it('asks in no other words where there are none', () => {
    expect(expandMethods(['gd', 'ps+paraphrase'], 0)).toEqual(['gd']);
  });
});
