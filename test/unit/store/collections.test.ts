import { expect, test } from 'vitest';
import { deleteCollection, keepImages, listCollections, putCollection } from '../../../src/store/collections.ts';
import { imagesKept } from '../../../src/store/images.ts';
import { usage } from '../../../src/store/usage.ts';
import { deleteVectors, putVectors, vectorsOf } from '../../../src/store/vectors.ts';
import type { StoredCollection } from '../../../src/store/collection-rows.ts';
import { freshStore, sha } from './fixtures.ts';

const collectionOf = (id: string, ...texts: string[]): StoredCollection => ({
  ...{ id, name: `scans ${id}`, addedAt: '2026-01-02T03:04:05.000Z', format: 'folder', problems: [] },
  images: texts.map((t) => ({ path: t, sha256: sha(t), bytes: t.length, caption: null, category: null, figure: null })),
  bytes: texts.join('').length,
});

test('a collection is told with its size, and goes with the images that no other needs', async () => {
  const store = await freshStore();
  await keepImages(store, new Map(['a', 'b', 'c'].map((t) => [sha(t), new Blob([t])])));
  await putCollection(store, collectionOf('1', 'a', 'b'));
  await putCollection(store, collectionOf('2', 'b', 'c'));
  expect(await usage(store)).toContainEqual({
    ...{ kind: 'collection', id: '1', name: 'scans 1', bytes: 2, addedAt: '2026-01-02T03:04:05.000Z' },
  });
  await deleteCollection(store, '1');
  expect((await listCollections(store)).map((c) => c.id)).toEqual(['2']);
  expect(await imagesKept(store)).toEqual(new Set([sha('b'), sha('c')]));
});

test('a collection that stays in its folder takes no room', async () => {
  const store = await freshStore();
  await putCollection(store, { ...collectionOf('1', 'a'), inFolder: true });
  expect(await usage(store)).toMatchObject([{ kind: 'collection', bytes: 0 }]);
});

test('embeddings of all encoders are told as one, and deleted together', async () => {
  const store = await freshStore();
  await putVectors(store, 'med', new Map(['a', 'b'].map((t) => [sha(t), new Float32Array(3)])));
  await putVectors(store, 'gen', new Map([[sha('a'), new Float32Array(5)]]));
  expect(await usage(store)).toEqual([
    { kind: 'vectors', id: 'vectors', name: '3 image embeddings', bytes: (2 * 3 + 5) * 4, addedAt: null },
  ]);
  await deleteVectors(store);
  expect(await usage(store)).toEqual([]);
  expect(await vectorsOf(store, 'med', new Set([sha('a')]))).toEqual(new Map());
});
