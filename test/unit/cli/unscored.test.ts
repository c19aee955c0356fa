import { expect, test } from 'vitest';
import type { Benchmark, Pair } from '../../../src/core/benchmark/types.ts';
import type { ResultRecord } from '../../../src/core/records/record.ts';
import { unscored } from '../../../src/cli/unscored.ts';

const image = { path: '', local: null, categories: [], right: 'A', caption: null, sha256: 'a'.repeat(64) } as const;
const pair = (id: string): Pair => ({ id, question: '', options: { A: '', B: '' }, images: [image, image], extra: {} });
const benchmark: Benchmark = {
  name: 'b',
  sha256: '',
  pairs: [pair('1'), pair('2')],
  skipped: [{ pair: '3', reason: 'im_2 is missing' }],
  problems: [],
};
const base = { right: 'A', imageSha256: '', notes: [] } as const;
const scored = (id: string, index: 1 | 2, method: string): ResultRecord => ({
  ...base,
  pair: id,
  image: index,
  method,
  status: 'scored',
  chosen: 'A',
  correct: true,
  options: null,
  mass: null,
  margin: null,
  letterVariants: null,
  text: null,
  promptTokens: 1,
});
const failed = (id: string, index: 1 | 2, method: string): ResultRecord => ({
  ...base,
  pair: id,
  image: index,
  method,
  status: 'failed',
  chosen: null,
  correct: null,
  options: null,
  fault: { code: 'unreadable', message: 'torn' },
});
const all = (ids: string[], methods: string[]) =>
  ids.flatMap((id) => ([1, 2] as const).flatMap((i) => methods.map((m) => scored(id, i, m))));

test('all scored: only the pairs that cannot run are left', () => {
  expect(unscored(benchmark, ['gd'], null, all(['1', '2'], ['gd']), '')).toEqual([
    { pair: '3', image: null, method: null, reason: 'im_2 is missing' },
  ]);
});

test('within the limit nothing is missing', () => {
  expect(unscored(benchmark, ['gd'], 2, all(['1', '2'], ['gd']), '')).toEqual([]);
});

test('a failed question is named with its own reason, one never reached with the run’s', () => {
  const records = [scored('1', 1, 'gd'), failed('1', 2, 'gd')];
  expect(unscored(benchmark, ['gd'], 1, records, 'the run stopped')).toEqual([
    { pair: '1', image: 2, method: 'gd', reason: 'torn' },
  ]);
  expect(unscored(benchmark, ['gd'], 1, [scored('1', 1, 'gd')], 'the run stopped')).toEqual([
    { pair: '1', image: 2, method: 'gd', reason: 'the run stopped' },
  ]);
});

test('ps wants ps-official too', () => {
  expect(unscored(benchmark, ['ps'], 1, all(['1'], ['ps']), 'no').map((u) => u.method)).toEqual([
    'ps-official',
    'ps-official',
  ]);
});

test('a free answer that no judge has read is named', () => {
  const waiting = { ...scored('1', 1, 'ff'), notes: ['unjudged'] };
  const records = [waiting, scored('1', 2, 'ff'), scored('2', 1, 'ff'), scored('2', 2, 'ff')];
  expect(unscored(benchmark, ['ff'], null, records, 'never reached').filter((u) => u.pair !== '3')).toEqual([
    { pair: '1', image: 1, method: 'ff', reason: 'No judge has read this answer yet.' },
  ]);
});
