import { checked } from './checked.ts';
import { attempt, transact, type Store } from './db.ts';
import { featureRow } from './rows.ts';

/** Kept image features under a key that names model, dtype, device rung and image; null on a miss. Their shape is the caller's to check. */
export async function feature(store: Store, key: string): Promise<unknown> {
  const row: unknown = await attempt('reading features', () => store.db.get('features', key));
  if (row === undefined) return null;
  const kept = checked(featureRow, row, 'image features');
  await attempt('reading features', () => store.db.put('features', { ...kept, usedAt: Date.now() }));
  return kept.value;
}

/** Keeps features, and lets the least recently used go until all together hold at most `budget` bytes. */
export async function putFeature(
  store: Store,
  key: string,
  bytes: number,
  value: unknown,
  budget: number,
): Promise<void> {
  await transact(store, 'storing features', ['features'], 'relaxed', async (tx) => {
    const rows = tx.objectStore('features');
    await rows.put({ key, bytes, value, usedAt: Date.now() });
    let held = 0;
    // The newest first; what lies beyond the budget goes.
    for (let c = await rows.index('usedAt').openCursor(null, 'prev'); c; c = await c.continue()) {
      held += c.value.bytes;
      if (held > budget && c.value.key !== key) await c.delete();
    }
  });
}

export async function deleteFeatures(store: Store): Promise<void> {
  await attempt('deleting features', () => store.db.clear('features'));
}
