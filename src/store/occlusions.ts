import { isKeptMap, type KeptMap } from '../core/occlusion/file.ts';
import type { OcclusionMap } from '../core/occlusion/map.ts';
import { attempt, type Store } from './db.ts';

/** A map that was made before, under the key of all that it depends on; null on a miss, and where it lost its shape. */
export async function occlusion(store: Store, key: string): Promise<OcclusionMap | null> {
  const row: unknown = await attempt('reading an occlusion map', () => store.db.get('occlusions', key));
  return isKeptMap(row) ? row.map : null;
}

export async function putOcclusion(store: Store, key: string, map: OcclusionMap): Promise<void> {
  const row: KeptMap = { key, map };
  await attempt('storing an occlusion map', () => store.db.put('occlusions', row));
}
