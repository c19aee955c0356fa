import { config, freshStore, record, faultOf } from './fixtures.ts';
import { openDB } from 'idb';
import { expect, test, vi } from 'vitest';
import { attempt, openStore, transact } from '../../../src/store/db.ts';
import { listRuns } from '../../../src/store/runs.ts';
import { recordsOf } from '../../../src/store/records.ts';
import { MIGRATIONS, SCHEMA_VERSION, type LookalikeDB } from '../../../src/store/schema.ts';
import { storageFault } from '../../../src/store/words.ts';

test('every older version opens with its data and gains the newer stores', async () => {
  for (let version = 1; version < SCHEMA_VERSION; version++) {
    const name = `old-${version}`;
    const old = await openDB<LookalikeDB>(name, version, {
      upgrade: (db, from, _to, tx) => {
        for (const step of MIGRATIONS.slice(from, version)) step(db, tx);
      },
    });
    await old.put('runs', {
      id: 'r',
      createdAt: 'c',
      config: config('r'),
      info: null,
      status: 'open',
      benchmarkId: 'b',
    });
    await old.put('records', { run: 'r', key: 'p/1/gd', record: record('p') });
    old.close();
    const store = await openStore(name);
    expect(store.db.version).toBe(SCHEMA_VERSION);
    expect([...store.db.objectStoreNames]).toEqual(expect.arrayContaining(['features', 'downloads', 'shots', 'runs']));
    expect((await listRuns(store)).map((r) => r.id)).toEqual(['r']);
    expect(await recordsOf(store, 'r')).toEqual([record('p')]);
    store.close();
  }
});

test('a database of a newer version is refused with words', async () => {
  (await openDB('newer', SCHEMA_VERSION + 1)).close();
  expect((await faultOf(openStore('newer'))).message).toMatch(/newer version/);
});

test('an older tab gives way to a newer one and says so', async () => {
  const onClosed = vi.fn();
  await openStore('taken', { onClosed });
  const newer = await openDB('taken', SCHEMA_VERSION + 1);
  expect(onClosed).toHaveBeenCalledOnce();
  newer.close();
});

test('a store that was closed under us is a fault with words', async () => {
  const store = await freshStore();
  store.close();
  const f = await faultOf(recordsOf(store, 'r'));
  expect(f).toMatchObject({ code: 'storage', message: expect.stringMatching(/Reload/) });
});

test('a transient error is tried again, another is not', async () => {
  let calls = 0;
  const flaky = (): Promise<string> =>
    ++calls < 3 ? Promise.reject(new DOMException('busy', 'UnknownError')) : Promise.resolve('there');
  expect(await attempt('reading', flaky)).toBe('there');
  expect(calls).toBe(3);
  calls = 0;
  const broken = (): Promise<string> => {
    calls++;
    return Promise.reject(new DOMException('gone', 'NotReadableError'));
  };
  expect((await faultOf(attempt('reading', broken))).message).toMatch(/lost a part/);
  expect(calls).toBe(1);
});

test('what fails in a transaction takes everything in it back', async () => {
  const store = await freshStore();
  const f = await faultOf(
    transact(store, 'storing', ['settings'], 'relaxed', async (tx) => {
      await tx.objectStore('settings').put(1, 'a');
      throw new DOMException('full', 'QuotaExceededError');
    }),
  );
  expect(f.code).toBe('storage-full');
  expect(await store.db.get('settings', 'a')).toBeUndefined();
});

test('an error without a name keeps its own words', () => {
  expect(storageFault(new Error('strange'), 'reading').message).toContain('strange');
});
