import { expect, it } from 'vitest';
import { promptSheet, splitReplies } from '../../../src/core/drafting/by-hand.ts';
import { printChecks, type Printed } from '../../../src/core/review/print-checks.ts';

const printed = (id: string, question: string, option_1: string, option_2: string, images = ['a', 'b']): Printed => ({
  ...{ id, images },
  wording: { question, option_1, option_2 },
});
const kinds = (p: Printed): readonly string[] => (printChecks([p]).get(p.id) ?? []).map((f) => f.kind);

it.each([
  ['Where is the nodule?', 'Upper zone', 'Lower zone', []],
  ['Is a pacemaker visible?', 'Yes', 'No', []],
  ['What is seen?', 'A fracture', 'A plate that is fixed with four screws and a long rod', ['length']],
  ['Is it normal?', 'It is never normal', 'It is normal', ['giveaway']],
  ['Which lung holds the calcified nodule?', 'The one with a calcified rim', 'The left', ['length', 'giveaway']],
  ['Which implant is visible?', 'A plate', 'No implant', []],
  ['Which zone?', 'Upper zone', 'Lower zone', []],
])('%s: %s or %s', (question, one, two, expected) => expect(kinds(printed('1', question, one, two))).toEqual(expected));

it('finds what is asked twice of the same images, whatever the order', () => {
  const flags = printChecks([
    printed('1', 'Where is it?', 'Left', 'Right'),
    printed('2', 'where is it', 'right', 'left', ['b', 'a']),
    printed('3', 'Where is it?', 'Left', 'Right', ['a', 'c']),
  ]);
  expect([...flags.keys()]).toEqual(['2']);
  expect(flags.get('2')?.[0]?.message).toContain('in 1');
});

it('splits replies that were brought back under the headings of the sheet', () => {
  const sheet = promptSheet([{ captions: ['one', 'two'] }, { captions: ['three', 'four'] }]);
  expect(sheet).toContain('=== Pair 2 ===\nYou are a helpful assistant');
  expect(sheet).toContain('Image1: three\nImage2: four');
  const replies = splitReplies('=== Pair 2 ===\nQuestion: b\n\n**Pair 1**\nQuestion: a\n## Pair 3\n');
  expect([...replies]).toEqual([
    [2, 'Question: b'],
    [1, 'Question: a'],
  ]);
  expect([...splitReplies(' Question: only ')]).toEqual([[1, 'Question: only']]);
  expect(splitReplies(' ').size).toBe(0);
});
