import { checked } from './checked.ts';
import { attempt, type Store } from './db.ts';
import { partRange } from '../core/models/hub/ranges.ts';
import { partsThere } from './downloads.ts';
import { downloadRow, type DownloadRow } from './model-rows.ts';
import { listBenchmarks } from './benchmarks.ts';
import { listCollections } from './collections.ts';
import { listModels } from './models.ts';
import { recordsOf } from './records.ts';
import { listRuns } from './runs.ts';
import { listShots } from './shots.ts';
import { vectorUsage } from './vectors.ts';
import { bytesInWords } from './words.ts';

export interface UsageEntry {
  readonly kind: 'model' | 'download' | 'benchmark' | 'collection' | 'run' | 'features' | 'vectors' | 'shots';
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly addedAt: string | null;
}

/** Everything kept, each with its size; runs by the length of their records as text. */
export async function usage(store: Store): Promise<readonly UsageEntry[]> {
  const entries: UsageEntry[] = [];
  for (const m of await listModels(store))
    entries.push({ kind: 'model', id: m.id, name: m.name, bytes: m.bytes, addedAt: m.addedAt });
  const downloads: readonly unknown[] = await attempt('reading the downloads', () => store.db.getAll('downloads'));
  for (const row of downloads) {
    const d = checked(downloadRow, row, 'download');
    const bytes = arrivedBytes(d, await partsThere(store, d.bucket));
    entries.push({ kind: 'download', id: d.id, name: d.repository, bytes, addedAt: d.createdAt });
  }
  for (const b of await listBenchmarks(store))
    entries.push({ kind: 'benchmark', id: b.id, name: b.benchmark.name, bytes: b.bytes, addedAt: b.addedAt });
  for (const c of await listCollections(store))
    entries.push({ kind: 'collection', id: c.id, name: c.name, bytes: c.inFolder ? 0 : c.bytes, addedAt: c.addedAt });
  for (const r of await listRuns(store)) {
    const bytes = JSON.stringify(r).length + JSON.stringify(await recordsOf(store, r.id)).length;
    const name = r.config ? `${r.config.benchmarkName}, ${r.config.modelId}` : (r.info?.model.id ?? r.id);
    entries.push({ kind: 'run', id: r.id, name, bytes, addedAt: r.createdAt });
  }
  const shots = await listShots(store);
  if (shots.length > 0)
    entries.push({
      kind: 'shots',
      id: 'shots',
      name: shots.length === 1 ? 'One example image' : `${shots.length} example images`,
      bytes: shots.reduce((n, s) => n + s.bytes, 0),
      addedAt: null,
    });
  const vectors = await vectorUsage(store);
  if (vectors.count > 0)
    entries.push({
      kind: 'vectors',
      id: 'vectors',
      name: vectors.count === 1 ? 'One image embedding' : `${vectors.count} image embeddings`,
      bytes: vectors.bytes,
      addedAt: null,
    });
  const features = await featureSizes(store);
  if (features.length > 0) {
    const bytes = features.reduce((n, size) => n + size, 0);
    entries.push({
      kind: 'features',
      id: 'features',
      name: `Features of ${features.length} images`,
      bytes,
      addedAt: null,
    });
  }
  return entries;
}

/** Bytes of the parts that are there, by their keys: no part is read for it. */
function arrivedBytes(row: DownloadRow, there: ReadonlyMap<string, ReadonlySet<number>>): number {
  let bytes = 0;
  for (const { path, size } of row.files)
    for (const index of there.get(path) ?? []) {
      const { start, end } = partRange(size, row.partSize, index);
      bytes += Math.max(0, end - start);
    }
  return bytes;
}

/** Row by row, so that the features themselves are never all in memory. */
async function featureSizes(store: Store): Promise<readonly number[]> {
  return attempt('reading features', async () => {
    const sizes: number[] = [];
    for (let c = await store.db.transaction('features').store.openCursor(); c; c = await c.continue())
      sizes.push(c.value.bytes);
    return sizes;
  });
}

export interface StorageState {
  /** null: the browser does not say. */
  readonly used: number | null;
  readonly quota: number | null;
  readonly persisted: boolean;
  /** What that means, in a sentence. */
  readonly words: string;
}

const EVICTION =
  'The browser may delete everything kept here when the disk runs low or the page is not used for long. Ask it to keep the data, or install Lookalike as an app.';

/** How much is used and allowed, and whether the browser may evict it. */
export async function storageState(): Promise<StorageState> {
  const storage = typeof navigator === 'undefined' ? undefined : navigator.storage;
  const estimate = await storage?.estimate?.().catch(() => undefined);
  const persisted = (await storage?.persisted?.().catch(() => false)) ?? false;
  const used = estimate?.usage ?? null;
  const quota = estimate?.quota ?? null;
  const amounts = used === null || quota === null ? '' : `${bytesInWords(used)} of ${bytesInWords(quota)} are used. `;
  const words = amounts + (persisted ? 'The browser keeps the data until you delete it.' : EVICTION);
  return { used, quota, persisted, words };
}

/** Asks the browser to keep the data; it decides by itself or asks the user. */
export async function askToPersist(): Promise<StorageState> {
  await navigator.storage?.persist?.().catch(() => false);
  return storageState();
}
