import type { IDBPTransaction } from 'idb';
import * as v from 'valibot';
import type { Benchmark } from '../core/benchmark/types.ts';
import { attempt, transact, type Store } from './db.ts';
import { checked } from './checked.ts';
import { blobOf, heldRow, writeHeld } from './held.ts';
import { placedBlob } from './placed.ts';
import type { LookalikeDB } from './schema.ts';

const imageRow = heldRow({ sha256: v.string() });

/** Keeps one image whatever owns it; an owner that does not come leaves it to the next sweep. */
export async function putImage(store: Store, sha256: string, blob: Blob): Promise<void> {
  await writeHeld(store, blob, (held) =>
    transact(store, 'storing an image', ['images'], 'relaxed', async (tx) => {
      const images = tx.objectStore('images');
      if ((await images.getKey(sha256)) === undefined) await images.put({ sha256, ...held });
    }),
  );
}

/**
 * The bytes of an image, as the file had them, from the store or from the folder where it stayed; null when there is none with that hash.
 * @throws FaultError where its folder may not be read, or the file there is another now
 */
export async function imageBlob(store: Store, sha256: string): Promise<Blob | null> {
  const row: unknown = await attempt('reading an image', () => store.db.get('images', sha256));
  return row === undefined ? placedBlob(store, sha256) : blobOf(checked(imageRow, row, `image ${sha256.slice(0, 8)}`));
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
export const IMAGE_STORES = ['benchmarks', 'shots', 'runs', 'records', 'collections', 'drafts', 'images'] as const;
type Sweeping = IDBPTransaction<LookalikeDB, (typeof IMAGE_STORES)[number][], 'readwrite'>;

/**
 * Deletes the images that nothing needs any more: no benchmark, no collection, no example image of a prompt set, and no run that showed examples, which may be
 * resumed. Part of the transaction that took an owner away.
 */
export async function sweepImages(tx: Sweeping): Promise<void> {
  const benchmarks = await tx.objectStore('benchmarks').getAll();
  const shots = await tx.objectStore('shots').getAll();
  const runs = await tx.objectStore('runs').getAll();
  const collections = await tx.objectStore('collections').getAll();
  const drafts = await tx.objectStore('drafts').getAll();
  const used = new Set([
    ...drafts.flatMap((d) => d.draft.sha256),
    ...benchmarks.flatMap((b) => imagesOf(b.benchmark)),
    ...shots.map((s) => s.sha256),
    ...collections.flatMap((c) => c.images.map((i) => i.sha256)),
    ...runs.flatMap((r) => Object.values(r.config?.shotImages ?? {})),
  ]);
  const images = tx.objectStore('images');
  for (const sha of await images.getAllKeys()) if (!used.has(sha)) await images.delete(sha);
}
