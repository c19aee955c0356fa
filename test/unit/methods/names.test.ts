import { describe, expect, it } from 'vitest';
import { choiceName, nameOf } from '../../../src/core/methods/names.ts';
import {
  allChoices,
  expandChoices,
  isPlain,
  methodChoices,
  recordedMethod,
  recordedNames,
  requestedMethods,
} from '../../../src/core/methods/registry.ts';

describe('requestedMethods', () => {
  it.each([
    ['gd', { base: 'gd', condition: null }],
    ['mc+swap', { base: 'mc', condition: { kind: 'swap' } }],
    ['ps+no-image', { base: 'ps', condition: { kind: 'no-image' } }],
    ['ff+paraphrase-12', { base: 'ff', condition: { kind: 'paraphrase', index: 12 } }],
  ])('%s', (name, request) => {
    expect(requestedMethods([name])).toEqual([request]);
    expect(requestedMethods([name]).map(nameOf)).toEqual([name]);
  });
  it.each([
    'ps+swap',
    'ff+swap',
    'gd+paraphrase',
    'gd+paraphrase-0',
    'gd+paraphrase-x',
    'gd+swap+swap',
    'ps-official',
    'constructor',
    'gd+constructor',
    '',
  ])('"%s" cannot be asked', (name) => {
    expect(() => requestedMethods([name])).toThrow(`There is no method "${name}"`);
  });
});

describe('a choice', () => {
  it('under paraphrase is asked in the words of each, once', () => {
    const choices = methodChoices(['gd', 'gd+paraphrase', 'gd', 'gd+swap']);
    expect(expandChoices(choices, 2).map(nameOf)).toEqual(['gd', 'gd+paraphrase-1', 'gd+paraphrase-2', 'gd+swap']);
  });
  it('asks in no other words where there are none', () => {
    expect(expandChoices(methodChoices(['gd', 'ps+paraphrase']), 0).map(nameOf)).toEqual(['gd']);
  });
  it('is read from its own name, whichever it is', () => {
    expect(methodChoices(allChoices().map(choiceName))).toEqual(allChoices());
  });
});

describe('a recorded method', () => {
  it.each([
    ['ps-official', 'ps', 'ps-official', null],
    ['ff-likelihood+paraphrase-2', 'ff', 'ff-likelihood', { kind: 'paraphrase', index: 2 }],
  ])('%s', (name, method, record, condition) => {
    const found = recordedMethod(name);
    expect([found?.method.id, found?.record.id, found?.condition]).toEqual([method, record, condition]);
  });
  it('of another program is none of ours, and asked plainly', () => {
    expect(recordedMethod('beam')).toBeNull();
    expect(isPlain('beam')).toBe(true);
  });
  it('comes with its method where that is asked plainly', () => {
    const names = requestedMethods(['gd', 'ps', 'ps+no-image', 'ff']).map(recordedNames);
    expect(names).toEqual([['gd'], ['ps', 'ps-official'], ['ps+no-image'], ['ff']]);
  });
});
