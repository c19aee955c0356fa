import { describe, expect, it } from 'vitest';
import { strftime } from '../../../src/core/chat/date.ts';
import { closeThought, splitThought } from '../../../src/core/chat/thought.ts';

describe('splitThought', () => {
  it.each([
    ['A', false, null, 'A'],
    ['<think>\nhm\n</think>\n\nB', false, '<think>\nhm\n', 'B'],
    ['hm\n</think>\n\nB', true, 'hm\n', 'B'],
    ['<think>x</think> A <think>y</think> B', false, '<think>x</think> A <think>y', 'B'],
    ['still thinking', true, 'still thinking', null],
    ['<think>\nstill', false, '<think>\nstill', null],
    ['<think>a</think>\n<think>b', false, '<think>a</think>\n<think>b', null],
    ['[THINK]x[/THINK]A', false, '[THINK]x', 'A'],
    ['I think B', false, null, 'I think B'],
  ] as const)('%j, begun %s', (text, begun, thought, answer) => {
    expect(splitThought(text, begun)).toEqual({ thought, answer });
  });
});

describe('closeThought', () => {
  it('closes what is open at the end, and nothing else', () => {
    expect(closeThought('x<think>\n')).toBe('x<think>\n\n</think>\n\n');
    expect(closeThought('x<think>')).toBe('x<think>\n\n</think>\n\n');
    expect(closeThought('x<think>\n\n</think>\n\n')).toBe('x<think>\n\n</think>\n\n');
    expect(closeThought('x')).toBe('x');
  });
});

describe('strftime', () => {
  // Python: datetime(2024, 7, 6).strftime(...) in the C locale.
  it.each([
    ['%Y-%m-%d', '2024-07-06'],
    ['%d %b %Y', '06 Jul 2024'],
    ['%A, %B %-d, %Y', 'Saturday, July 6, 2024'],
    ['%a %j %y %H:%M:%S %%', 'Sat 188 24 00:00:00 %'],
    ['%Q', '%Q'],
  ])('%s', (format, text) => {
    expect(strftime('2024-07-06', format)).toBe(text);
  });
});
