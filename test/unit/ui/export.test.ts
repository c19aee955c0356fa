import { describe, expect, it } from 'vitest';
import { importedRunInfo } from '../../../src/core/exchange/imported-run.ts';
import { PUBLISHED_READING } from '../../../src/core/methods/reading.ts';
import { withReading } from '../../../src/core/records/run-info.ts';

const info = importedRunInfo(
  { key: 'gpt', files: [], methods: ['mc'], records: [], problems: [] },
  { name: 'b', sha256: '', pairs: [], skipped: [], problems: [] },
  { lookalike: '0', at: '2026-01-01T00:00:00Z', command: null, browser: '' },
);
const strict = { mcParser: 'strict', ffGap: 3 } as const;

describe('run.json in an export', () => {
  it('names the reading of its numbers, and none where they are as published', () => {
    expect(withReading(info, PUBLISHED_READING)).toBe(info);
    expect(withReading(info, strict)).toEqual({ ...info, reading: strict });
    expect(withReading({ ...info, reading: strict }, PUBLISHED_READING)).toEqual(info);
  });
});
