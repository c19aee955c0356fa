import type { Benchmark } from '../core/benchmark/types.ts';
import { fault, FaultError } from '../core/fault.ts';
import type { PairMarks } from '../core/images/marks/mark.ts';
import { attempt, transact, type Store } from './db.ts';
import { sha256 } from './hash.ts';
import { blobsRefused, sizeOf } from './held.ts';
import { IMAGE_STORES, imagesOf, putImage, sweepImages } from './images.ts';
import { checked } from './checked.ts';
import { storedBenchmark, type StoredBenchmark } from './benchmark-rows.ts';

/** Same question file and same images: same id. A folder that gained images since is another benchmark, so old runs keep theirs. */
export async function benchmarkId(benchmark: Benchmark): Promise<string> {
  const parts = [benchmark.sha256, benchmark.name, ...[...imagesOf(benchmark)].sort()];
  return (await sha256(new TextEncoder().encode(parts.join('\n')))).slice(0, 16);
}

/**
 * Keeps a benchmark and its images, each image once however many benchmarks use it; all in one transaction. Where the browser cannot keep Blobs, the
 * images are brought one by one before it, since the bytes of all of them may be more than the page can hold.
 * @param images bytes by SHA-256; those the store has already may be left out
 * @throws FaultError 'bad-benchmark' when an image is neither given nor kept
 */
export async function putBenchmark(
  store: Store,
  benchmark: Benchmark,
  images: ReadonlyMap<string, Blob>,
): Promise<StoredBenchmark> {
  if (store.keeping.blobs) {
    try {
      return await putWhole(store, benchmark, images);
    } catch (error) {
      if (!blobsRefused(error)) throw error;
    }
  }
  const needed = new Set(imagesOf(benchmark));
  for (const [sha, blob] of images) if (needed.has(sha)) await putImage(store, sha, blob);
  return putWhole(store, benchmark, new Map());
}

async function putWhole(
  store: Store,
  benchmark: Benchmark,
  images: ReadonlyMap<string, Blob>,
): Promise<StoredBenchmark> {
  const id = await benchmarkId(benchmark);
  const needed = imagesOf(benchmark);
  return transact(store, 'storing the benchmark', ['benchmarks', 'images'], 'strict', async (tx) => {
    const kept = tx.objectStore('images');
    let bytes = 0;
    let missing = 0;
    for (const sha of needed) {
      const there = await kept.get(sha);
      const blob = images.get(sha);
      if (there) bytes += sizeOf(there);
      else if (!blob) missing++;
      else {
        await kept.put({ sha256: sha, blob });
        bytes += blob.size;
      }
    }
    if (missing > 0) {
      const message = `${missing} images of the benchmark were not given. Bring its folder again.`;
      throw new FaultError(fault('bad-benchmark', message, { missing }));
    }
    const before = await tx.objectStore('benchmarks').get(id);
    const addedAt = before?.addedAt ?? new Date().toISOString();
    // Marks that were drawn here outlive the folder that is brought again without any.
    const marks = benchmark.marks ?? before?.benchmark.marks;
    const whole = marks === undefined ? benchmark : { ...benchmark, marks };
    const row: StoredBenchmark = { id, addedAt, benchmark: whole, images: needed.length, bytes };
    await tx.objectStore('benchmarks').put(row);
    return row;
  });
}

/**
 * Keeps what was drawn on the images of a pair; with nothing drawn on either the pair is unmarked.
 * @throws FaultError 'not-found' when the benchmark is no longer kept
 */
export async function putMarks(store: Store, id: string, pair: string, marks: PairMarks): Promise<StoredBenchmark> {
  return transact(store, 'storing marks', ['benchmarks'], 'strict', async (tx) => {
    const rows = tx.objectStore('benchmarks');
    const row: unknown = await rows.get(id);
    if (row === undefined)
      throw new FaultError(fault('not-found', 'The benchmark is no longer kept on this device. Bring it again.'));
    const kept = checked(storedBenchmark, row, `benchmark ${id}`);
    const others = Object.entries(kept.benchmark.marks ?? {}).filter(([id]) => id !== pair);
    const own = marks.every((m) => m.length === 0) ? [] : [[pair, marks] as const];
    const all = Object.fromEntries([...others, ...own]);
    const next = { ...kept, benchmark: { ...kept.benchmark, marks: all } };
    await rows.put(next);
    return next;
  });
}

/** A kept benchmark; null when there is none with that id. */
export async function benchmark(store: Store, id: string): Promise<StoredBenchmark | null> {
  const row: unknown = await attempt('reading a benchmark', () => store.db.get('benchmarks', id));
  // Of 10,000 pairs, reading and checking take a tenth of a second each: two tasks.
  await new Promise((resolve) => setTimeout(resolve));
  return row === undefined ? null : checked(storedBenchmark, row, `benchmark ${id}`);
}

/** All kept benchmarks, the newest first. */
export async function listBenchmarks(store: Store): Promise<readonly StoredBenchmark[]> {
  const rows: readonly unknown[] = await attempt('reading the benchmarks', () => store.db.getAll('benchmarks'));
  const all = rows.map((row) => checked(storedBenchmark, row, 'benchmark'));
  return all.sort((a, b) => b.addedAt.localeCompare(a.addedAt));
}

/** Deletes a benchmark and the images that nothing else uses. Runs keep their records. */
export async function deleteBenchmark(store: Store, id: string): Promise<void> {
  await transact(store, 'deleting the benchmark', [...IMAGE_STORES], 'relaxed', async (tx) => {
    await tx.objectStore('benchmarks').delete(id);
    await sweepImages(tx);
  });
}
