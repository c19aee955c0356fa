import { describe, expect, it } from 'vitest';
import { PUBLISHED_READING, type Reading } from '../../../src/core/methods/reading.ts';
import type { ResultRecord, ScoredRecord } from '../../../src/core/records/record.ts';
import {
  applicable,
  readableIn,
  readingChange,
  readingQuery,
  readingWords,
  readReading,
} from '../../../src/ui/shared/reading.ts';

const cases: readonly (readonly [Readonly<Record<string, string>>, Reading])[] = [
  [{}, PUBLISHED_READING],
  [{ mc: 'strict' }, { mcParser: 'strict', ffGap: 3 }],
  [{ gap: '1' }, { mcParser: 'published', ffGap: 1 }],
  [
    { mc: 'strict', gap: '5' },
    { mcParser: 'strict', ffGap: 5 },
  ],
];

describe('a reading in the address', () => {
  it.each(cases)('%j is read, and comes back', (query, reading) => {
    expect(readReading(query)).toEqual(reading);
    expect(readingQuery(reading)).toEqual(query);
  });
  it.each([
    { mc: 'loose' },
    { mc: 'published' },
    { gap: '0' },
    { gap: '6' },
    { gap: '3' },
    { gap: '2.5' },
    { gap: '' },
  ])('%j is as published', (query) => {
    expect(readReading(query)).toEqual(PUBLISHED_READING);
  });
  it('is taken out of the address when it is the published one', () => {
    expect(readingChange(PUBLISHED_READING)).toEqual({ mc: '', gap: '' });
    expect(readingChange({ mcParser: 'strict', ffGap: 3 })).toEqual({ mc: 'strict', gap: '' });
  });
});

const record = (method: string, more: Partial<ScoredRecord> = {}): ResultRecord => ({
  ...{ pair: '1', image: 1, method, right: 'A', imageSha256: '', notes: [], status: 'scored', chosen: null },
  ...{ correct: false, options: null, mass: null, margin: null, letterVariants: null, text: null, promptTokens: 0 },
  ...more,
});
const judge = { name: 'j', sha256: '', a: 9, b: 2, text: '' };

describe('what can be read otherwise', () => {
  it('is MC with its text, also under a condition, and FF with its scores', () => {
    expect(readableIn([record('gd'), record('mc'), record('ff', { text: 'left' })])).toEqual({ mc: false, ff: false });
    expect(readableIn([record('mc+swap', { text: 'A' })])).toEqual({ mc: true, ff: false });
    expect(readableIn([record('ff', { text: 'left', judge })])).toEqual({ mc: false, ff: true });
    expect(readableIn([record('ff-likelihood', { text: 'left', judge })])).toEqual({ mc: false, ff: false });
  });
  it('is all that a reading changes', () => {
    const asked = { mcParser: 'strict', ffGap: 1 } as const;
    expect(applicable(asked, { mc: true, ff: false })).toEqual({ mcParser: 'strict', ffGap: 3 });
    expect(applicable(asked, { mc: false, ff: true })).toEqual({ mcParser: 'published', ffGap: 1 });
  });
});

describe('the sentence about a reading', () => {
  it('is there when it is not the published one', () => {
    expect(readingWords(PUBLISHED_READING)).toBeNull();
    expect(readingWords({ mcParser: 'strict', ffGap: 2 })).toMatch(
      /^MC is read strictly, and FF .* gap of 2 .*not compare/,
    );
    expect(readingWords({ mcParser: 'published', ffGap: 2 })).toMatch(/^FF is decided by a gap of 2/);
  });
});
