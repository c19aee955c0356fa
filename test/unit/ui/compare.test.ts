import { expect, test } from 'vitest';
import type { StoredRun } from '../../../src/store/rows.ts';
import { comparable, type ComparedRun } from '../../../src/ui/compare/compare.ts';
import { methodsInWords } from '../../../src/core/methods/labels.ts';

const MEDICONFUSION = '36e5052ebe370aac7446f29cb1425fa47b1795b40e2e7a72462c93b5472c0d5f';
const run: StoredRun = {
  ...{ id: '1', createdAt: '', config: null, info: null, status: 'done', certificate: null, benchmarkId: null },
};
const of = (benchmarkSha256: string, pairs: number): ComparedRun => ({
  ...{ run, title: 'm', benchmark: 'b', benchmarkSha256, pairs, mcTexts: false, intervals: {} },
  held: {
    info: null,
    benchmark: { name: 'b', sha256: benchmarkSha256, pairs: [], skipped: [], problems: [] },
    records: [],
  },
  summary: { pairs, questions: pairs * 2, skipped: [], failed: 0, methods: {}, best: null },
});

test('runs compare when they answer the same pairs, with published rows only when those are MediConfusion’s', () => {
  expect(comparable([of('a', 3), of('a', 3)], false)).toBe(true);
  expect(comparable([of('a', 3), of('a', 2)], false)).toBe(false);
  expect(comparable([of('a', 3), of('b', 3)], false)).toBe(false);
  expect(comparable([of('a', 3)], true)).toBe(false);
  expect(comparable([of(MEDICONFUSION, 176)], true)).toBe(true);
  expect(comparable([of(MEDICONFUSION, 10)], true)).toBe(false);
});

test('methods are named, and those that ask differently counted', () => {
  expect(methodsInWords(['mc', 'ps', 'gd+swap', 'gd+no-image'])).toBe('MC, PS, 2 asked differently');
  expect(methodsInWords(['ff'])).toBe('FF');
});
