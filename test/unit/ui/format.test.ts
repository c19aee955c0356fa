import { describe, expect, it } from 'vitest';
import { bytes, duration, fixed, percent, plural, rate, when } from '../../../src/ui/kit/format.ts';

describe('numbers as the page writes them', () => {
  it.each([
    [0, '0.00'],
    [33.333333, '33.33'],
    [100, '100.00'],
    [null, '–'],
    [Number.NaN, '–'],
  ])('percent %s is %s', (value, text) => expect(percent(value)).toBe(text));

  it('writes a true minus, and none before zero', () => {
    expect(fixed(-1.25, 2)).toBe('−1.25');
    expect(fixed(-0.0001, 2)).toBe('0.00');
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [999_600, '1.0 MB'],
    [123_456_789, '123 MB'],
    [4.2e9, '4.2 GB'],
  ])('%s bytes are %s', (n, text) => expect(bytes(n)).toBe(text));

  it.each([
    [0.2, '0 s'],
    [59.4, '59 s'],
    [60, '1 min'],
    [125, '2 min 5 s'],
    [601, '10 min'],
    [3600, '1 h'],
    [4800, '1 h 20 min'],
    [7199.9, '2 h'],
  ])('%s seconds are %s', (s, text) => expect(duration(s)).toBe(text));

  it.each([
    [0.034, '0.03'],
    [2.14, '2.1'],
    [38.2, '38'],
  ])('a rate of %s is %s', (r, text) => expect(rate(r)).toBe(text));

  it('counts in words', () => {
    expect(plural(1, 'pair')).toBe('1 pair');
    expect(plural(1200, 'pair')).toBe('1,200 pairs');
  });

  it('says the day as people do', () => {
    const now = new Date(2026, 10, 21, 9, 0);
    expect(when(new Date(2026, 10, 21, 8, 5).toISOString(), now)).toBe('today 08:05');
    expect(when(new Date(2026, 10, 20, 23, 59).toISOString(), now)).toBe('yesterday 23:59');
    expect(when(new Date(2026, 9, 3, 14, 0).toISOString(), now)).toBe('3 Oct 2026 14:00');
    expect(when('not a date', now)).toBe('not a date');
  });
});
