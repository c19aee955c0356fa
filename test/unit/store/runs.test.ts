import { config, faultOf, freshStore, record } from './fixtures.ts';
import { expect, test } from 'vitest';
import { putRecords, recordsOf } from '../../../src/store/records.ts';
import { deleteRun, listRuns, run, saveRun, updateRun } from '../../../src/store/runs.ts';
import type { FailedRecord } from '../../../src/core/records/record.ts';

const failed: FailedRecord = {
  pair: 'q',
  image: 2,
  method: 'ps',
  right: 'B',
  imageSha256: 'x',
  notes: ['low-mass'],
  status: 'failed',
  chosen: null,
  correct: null,
  options: null,
  fault: { code: 'device-lost', message: 'The device was lost.', facts: { tries: 3 } },
};

test('records come back as they were stored', async () => {
  const store = await freshStore();
  await putRecords(store, 'r', [record('p'), failed]);
  expect(await recordsOf(store, 'r')).toEqual([record('p'), failed]);
});

test('the same record twice is one record, the later one', async () => {
  const store = await freshStore();
  await putRecords(store, 'r', [record('p', 'A')]);
  await putRecords(store, 'r', [record('p', 'B')]);
  expect((await recordsOf(store, 'r')).map((r) => r.chosen)).toEqual(['B']);
});

test('records of another run with a like name stay apart', async () => {
  const store = await freshStore();
  await putRecords(store, 'r', [record('p')]);
  await putRecords(store, 'r2', [record('p', 'B')]);
  expect((await recordsOf(store, 'r')).map((r) => r.chosen)).toEqual(['A']);
});

test('records that are read in several parts come back once each, by their keys, and without those of other runs', async () => {
  const store = await freshStore();
  const pairs = Array.from({ length: 4001 }, (_, i) => `p${String(i).padStart(4, '0')}`);
  await putRecords(
    store,
    'r',
    [...pairs].reverse().map((p) => record(p)),
  );
  for (const other of ['q', 'ra', 'r/']) await putRecords(store, other, [record('elsewhere')]);
  expect((await recordsOf(store, 'r')).map((r) => r.pair)).toEqual(pairs);
  // A part that is exactly full is not the end, nor is the empty one behind it.
  await putRecords(
    store,
    'full',
    pairs.slice(0, 4000).map((p) => record(p)),
  );
  expect(await recordsOf(store, 'full')).toHaveLength(4000);
});

test('a group with a record that cannot be stored stores none', async () => {
  const store = await freshStore();
  const bad = { ...record('z'), text: (() => undefined) as unknown as string };
  expect((await faultOf(putRecords(store, 'r', [record('p'), bad]))).code).toBe('storage');
  expect(await recordsOf(store, 'r')).toEqual([]);
});

test('a record that was altered by hand is named, not shown', async () => {
  const store = await freshStore();
  await store.db.put('records', { run: 'r', key: 'k', record: { ...record('p'), mass: 'much' as unknown as number } });
  expect((await faultOf(recordsOf(store, 'r'))).message).toMatch(/record\.mass/);
});

test('runs are listed newest first, change, and go with their records', async () => {
  const store = await freshStore();
  await saveRun(store, config('a', '2026-01-01T00:00:00Z'));
  await saveRun(store, config('b', '2026-01-02T00:00:00Z'));
  await putRecords(store, 'a', [record('p')]);
  expect((await run(store, 'a'))?.config).toEqual(config('a', '2026-01-01T00:00:00Z'));
  expect((await listRuns(store)).map((r) => r.id)).toEqual(['b', 'a']);
  await updateRun(store, 'a', { status: 'done' });
  expect(await run(store, 'a')).toMatchObject({ status: 'done', benchmarkId: 'b' });
  await deleteRun(store, 'a');
  expect(await run(store, 'a')).toBeNull();
  expect(await recordsOf(store, 'a')).toEqual([]);
  expect((await faultOf(updateRun(store, 'a', { status: 'open' }))).code).toBe('not-found');
});
