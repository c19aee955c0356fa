import { expect, test } from 'vitest';
import { emptyOverlay, withRemark } from '../../../src/core/overlay/overlay.ts';
import { changedPairs } from '../../../src/core/statistics/agreement.ts';
import { indexRecords } from '../../../src/core/statistics/counts.ts';
import { pairRows } from '../../../src/ui/shared/pairs.ts';
import { readWanted, wantedChange, wantedQuery, wantedRows, type Wanted } from '../../../src/ui/shared/wanted.ts';
import type { ResultRecord } from '../../../src/core/records/record.ts';
import { mediconfusion, policy } from '../statistics/fixtures.ts';

const whole = mediconfusion();
const benchmark = {
  ...whole,
  pairs: whole.pairs.slice(0, 6).map((p, i) => ({ ...p, extra: { pattern: i < 2 ? 'devices' : 'signal' } })),
};
const ids = benchmark.pairs.map((p) => p.id);
const [a = '', b = '', c = '', d = '', e = '', f = ''] = ids;
/** Pair a is right, b confused, c invalid, d of low mass, e of a small margin, f right. */
const records = policy(benchmark, 'gd', (p, i) => {
  if (p.id === c) return null;
  return p.id === b ? 'A' : p.images[i === 1 ? 0 : 1].right;
}).map((r): ResultRecord => {
  if (r.status !== 'scored') return r;
  return { ...r, notes: r.pair === d ? ['low-mass'] : [], margin: r.pair === e ? 0.05 : 1 };
});
const rows = pairRows(benchmark, null, indexRecords(records), ['gd']);
const all = readWanted({});
const overlay = withRemark(emptyOverlay(benchmark), f, { flagged: true, note: 'Mirrored film', patterns: ['devices'] });
const found = (wanted: Partial<Wanted>): readonly string[] =>
  wantedRows(rows, { ...all, ...wanted }, overlay).map((r) => r.pair.id);

test('every filter finds its pairs', () => {
  expect(found({})).toEqual(ids);
  expect(found({ filter: 'failures' })).toEqual([b, c]);
  expect(found({ filter: 'confused' })).toEqual([b]);
  expect(found({ filter: 'invalid' })).toEqual([c]);
  expect(found({ filter: 'low-mass' })).toEqual([d]);
  expect(found({ filter: 'small-margin' })).toEqual([e]);
  expect(found({ filter: 'flagged' })).toEqual([f]);
});

test('patterns, categories, words and named pairs narrow it further', () => {
  expect(found({ pattern: 'devices' })).toEqual([a, b, f]);
  expect(found({ pattern: 'devices', filter: 'confused' })).toEqual([b]);
  expect(found({ words: 'MIRRORED film' })).toEqual([f]);
  expect(found({ words: d })).toContain(d);
  expect(found({ category: 'no such' })).toEqual([]);
  expect(found({ only: [e, a] })).toEqual([a, e]);
});

test('orders', () => {
  expect(found({ sort: 'margin' })[0]).toBe(e);
  expect(found({ sort: 'worst' }).slice(0, 2)).toEqual([b, c]);
  expect(found({ sort: 'id' })).toEqual([...ids].sort());
  expect(found({ sort: 'id', reverse: true })).toEqual([...ids].sort().reverse());
});

test('a method’s column sorts: none right, one right, both right, then what it did not answer', () => {
  expect(found({ sort: 'by:gd' })).toEqual([c, b, a, d, e, f]);
  expect(found({ sort: 'by:gd', reverse: true }).slice(-2)).toEqual([b, c]);
  expect(found({ sort: 'by:no-such' })).toEqual(ids);
});

test('pairs that another run answers otherwise under a common method are found', () => {
  const other = [
    ...policy(benchmark, 'gd', (p, i) => (p.id === c ? null : p.id === d ? 'B' : p.images[i === 1 ? 0 : 1].right)),
    ...policy(benchmark, 'mc', () => 'A'),
  ].filter((r) => r.pair !== f);
  const changed = changedPairs(benchmark, indexRecords(records), indexRecords(other));
  // b was confused and is right now; d is confused now; c is invalid both times; f was not answered by the other.
  expect([...changed]).toEqual([b, d]);
  const wanted = { ...all, filter: 'changed', against: 'x' } as const;
  expect(wantedRows(rows, wanted, null, null, changed).map((r) => r.pair.id)).toEqual([b, d]);
  expect(wantedRows(rows, wanted, null)).toEqual([]);
});

test('the pair in sight stays among them', () => {
  expect(wantedRows(rows, { ...all, filter: 'confused' }, null, f).map((r) => r.pair.id)).toEqual([b, f]);
});

test('an address holds what is wanted and nothing of what is as usual', () => {
  expect(wantedQuery(all)).toEqual({});
  const query = {
    ...{ show: 'confused', pattern: 'devices', words: 'left lung', sort: 'by:gd+swap', reverse: 'yes' },
    ...{ against: 'e1', only: `${a},${b}` },
  };
  expect(wantedQuery(readWanted(query))).toEqual(query);
  const nothing = { show: '', pattern: '', category: '', words: '', sort: '', reverse: '', against: '', only: '' };
  expect(wantedChange(all)).toEqual(nothing);
  expect(readWanted({ show: 'nonsense', sort: 'nonsense' })).toEqual(all);
});
