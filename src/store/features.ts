import * as v from 'valibot';
import type { FeatureData } from '../protocol/engine.ts';
import { checked } from './checked.ts';
import { attempt, transact, type Store } from './db.ts';
import { featureRow } from './rows.ts';

/** Bytes that kept image features may hold together; the least recently used go first. */
const BUDGET = 1024 * 1024 * 1024;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const floats = v.instance(Float32Array);
const schema: v.GenericSchema<unknown, FeatureData> = v.pipe(
  v.object({
    rows: count,
    width: count,
    data: floats,
    layout: v.object({
      tiles: count,
      rows: count,
      cols: count,
      grid: v.nullable(v.tuple([v.number(), v.number(), v.number()])),
      tokens: v.nullable(v.number()),
    }),
    notes: v.array(v.string()),
    extra: v.record(v.string(), v.object({ dims: v.array(v.number()), data: floats })),
  }),
  v.check((f) => f.data.length === f.rows * f.width, 'not as many numbers as rows and width say'),
);

/** Image features of an earlier run under a key that names model, dtype, device rung and image; null on a miss, and where they lost their shape. */
export async function feature(store: Store, key: string): Promise<FeatureData | null> {
  const row: unknown = await attempt('reading features', () => store.db.get('features', key));
  if (row === undefined) return null;
  const kept = checked(featureRow, row, 'image features');
  await attempt('reading features', () => store.db.put('features', { ...kept, usedAt: Date.now() }));
  const read = v.safeParse(schema, kept.value);
  return read.success ? read.output : null;
}

/** Keeps features, and lets the least recently used go until all together hold at most `budget` bytes. */
export async function putFeature(store: Store, key: string, value: FeatureData, budget = BUDGET): Promise<void> {
  const bytes = value.data.byteLength;
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
