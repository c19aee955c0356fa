import { expect, test } from 'vitest';
import type { OcclusionMap } from '../../../src/core/occlusion/map.ts';
import { occlusion, putOcclusion } from '../../../src/store/occlusions.ts';
import { freshStore } from './fixtures.ts';

const map: OcclusionMap = {
  ...{ pair: 'p', image: 1, imageSha256: 'x', method: 'gd', right: 'A', grid: 1, fill: 'grey' },
  ...{ plain: { A: -1, B: -2 }, cells: [0.5], regions: [] },
};

test('an occlusion map comes back under its key, and under no other', async () => {
  const store = await freshStore();
  await putOcclusion(store, 'k', map);
  expect(await occlusion(store, 'k')).toEqual(map);
  expect(await occlusion(store, 'other')).toBeNull();
});

test('a map that lost its shape is none', async () => {
  const store = await freshStore();
  await store.db.put('occlusions', { key: 'k', map: { ...map, cells: [] } });
  expect(await occlusion(store, 'k')).toBeNull();
});
