import { expect, test } from 'vitest';
import { readResults } from '../../../src/app/read-results.ts';
import { importedRunInfo } from '../../../src/core/exchange/imported-run.ts';
import { resultsFiles } from '../../../src/core/exchange/results-folder.ts';
import { mediconfusion, policy } from '../statistics/fixtures.ts';

const benchmark = mediconfusion();
const records = policy(benchmark, 'mc', () => 'A');
const imported = { key: 'm', files: [], methods: ['mc'], records, problems: [] };
const info = importedRunInfo(imported, benchmark, {
  lookalike: '0.1.0',
  at: '2026-01-02T03:04:05Z',
  command: null,
  browser: '',
});
const files = resultsFiles(info, benchmark, records);
const of = (path: string): string => files.find((f) => f.path === path)?.text ?? '';
const folder = { name: 'r', run: of('run.json'), records: of('records.jsonl') };

test('a results folder is read as it was written', () => {
  expect(readResults(folder)).toEqual({ name: 'r', info, records, notes: [] });
});

test('a torn last line is left out and told; a whole one without an end counts', () => {
  const torn = readResults({ ...folder, records: folder.records.slice(0, -20) });
  expect(torn.records).toHaveLength(records.length - 1);
  expect(torn.notes).toEqual(['r: the last line of records.jsonl is cut short and left out.']);
  expect(readResults({ ...folder, records: folder.records.trimEnd() }).records).toHaveLength(records.length);
});

test.each([
  [{ ...folder, run: null }, 'r holds no run.json'],
  [{ ...folder, records: null }, 'r holds no records.jsonl'],
  [{ ...folder, run: '{' }, 'r/run.json is no JSON'],
  [{ ...folder, run: folder.run.replace('lookalike-results/1', 'x/2') }, 'is not of the format lookalike-results/1'],
  [{ ...folder, records: `${folder.records.split('\n')[0]}\nnope\n` }, 'r/records.jsonl, line 2: this is no JSON'],
  [{ ...folder, records: '{"pair":1}\n' }, 'r/records.jsonl, record 1 is not of the format'],
  [{ ...folder, records: '' }, 'holds no record'],
])('what is no result is refused in a sentence: %#', (given, message) => {
  expect(() => readResults(given)).toThrow(message);
});
