import type { IDBPTransaction } from 'idb';
import * as v from 'valibot';
import type { Benchmark } from '../core/benchmark/types.ts';
import { attempt, type Store } from './db.ts';
import { checked } from './checked.ts';
import type { LookalikeDB } from './schema.ts';

const imageRow = v.object({ sha256: v.string(), blob: v.instance(Blob) });

/** The bytes of an image, as the file had them; null when the store has none with that hash. */
export async function imageBlob(store: Store, sha256: string): Promise<Blob | null> {
  const row: unknown = await attempt('reading an image', () => store.db.get('images', sha256));
  return row === undefined ? null : checked(imageRow, row, `image ${sha256.slice(0, 8)}`).blob;
}

/** Which of these images the store has. */
export async function imagesKept(store: Store): Promise<ReadonlySet<string>> {
  return new Set(await attempt('reading the images', () => store.db.getAllKeys('images')));
}

/** Hashes of the distinct images that a benchmark's pairs use. */
export function imagesOf(benchmark: Benchmark): readonly string[] {
  const all = benchmark.pairs.flatMap((p) => p.images.map((i) => i.sha256));
  return [...new Set(all.filter((s) => s !== null))];
}

/** What a transaction names that lets images go: the stores that own images, the images, and the records that go with a run. */
export const IMAGE_STORES = ['benchmarks', 'shots', 'runs', 'records', 'images'] as const;
type Sweeping = IDBPTransaction<LookalikeDB, (typeof IMAGE_STORES)[number][], 'readwrite'>;

/**
 * Deletes the images that nothing needs any more: no benchmark, no example image of a prompt set, and no run that showed examples, which may be
 * resumed. Part of the transaction that took an owner away.
 */
export async function sweepImages(tx: Sweeping): Promise<void> {
  const benchmarks = await tx.objectStore('benchmarks').getAll();
  const shots = await tx.objectStore('shots').getAll();
  const runs = await tx.objectStore('runs').getAll();
  const used = new Set([
    ...benchmarks.flatMap((b) => imagesOf(b.benchmark)),
    ...shots.map((s) => s.sha256),
    ...runs.flatMap((r) => Object.values(r.config?.shotImages ?? {})),
  ]);
  const images = tx.objectStore('images');
  for (const sha of await images.getAllKeys()) if (!used.has(sha)) await images.delete(sha);
}
