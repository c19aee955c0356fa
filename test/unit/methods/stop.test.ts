import { describe, expect, it } from 'vitest';
import { stoppedReply } from '../../../src/core/methods/stop.ts';

const scores = { kind: 'scores' } as const;

describe('a judge’s reply is complete', () => {
  it.each(['A: 9\nB: 1\n', '**A: 8**\n**B: 2**\n', 'A: 10\nB: 10 '])('once both scores stand: %j', (text) =>
    expect(stoppedReply(text, scores)).toBe(text),
  );
  it.each([
    ['a score is missing', 'A: 9\n'],
    ['the last number may go on', 'A: 9\nB: 1'],
    ['the last number may be a decimal', 'A: 9\nB: 1.'],
    ['scores in a sentence may be followed by a verdict', 'I find score A: 5 and score B: 5, but '],
  ])('not while %s', (_why, text) => expect(stoppedReply(text, scores)).toBeNull());
});

it('a text that ends the reply is left out of it', () => {
  const rule = { kind: 'texts', texts: ['\n\n', 'END'] } as const;
  expect(stoppedReply('one\ntwo', rule)).toBeNull();
  expect(stoppedReply('one END\n\n', rule)).toBe('one ');
});
