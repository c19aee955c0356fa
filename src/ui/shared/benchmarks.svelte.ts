import type { Benchmark } from '../../core/benchmark/types.ts';
import { FaultError } from '../../core/fault.ts';
import { readBenchmarkFolder, type ReadOptions } from '../../app/read-benchmark.ts';
import { benchmark, listBenchmarks, putBenchmark } from '../../store/benchmarks.ts';
import type { Store } from '../../store/db.ts';
import type { StoredBenchmark } from '../../store/benchmark-rows.ts';
import type { StoredRun } from '../../store/rows.ts';
import { servedFiles } from '../../files/served.ts';
import type { Folder, SourceFile } from '../../files/source.ts';
import { library } from './library.svelte.ts';

type Says = (what: string, done: number, total: number) => void;

/**
 * Reads a folder as a benchmark and keeps it with its images.
 * @throws FaultError where nothing of it can run, or there is no room
 */
export async function bringBenchmark(folder: Folder, says: Says, signal: AbortSignal): Promise<StoredBenchmark> {
  return keep(folder.name, folder.files, { says, signal });
}

async function keep(name: string, files: readonly SourceFile[], options: ReadOptions): Promise<StoredBenchmark> {
  const { benchmark: read, images, nothing } = await readBenchmarkFolder(name, files, options);
  if (nothing) throw new FaultError(nothing);
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- plain data on its way into the store
  const blobs = new Map<string, Blob>();
  for (const [sha, file] of images) blobs.set(sha, await file.blob());
  const kept = await putBenchmark(await library.opened(), read, blobs);
  await library.refresh.benchmarks();
  return kept;
}

/** The benchmark that ships with the page; served like the page itself. */
const BUILTIN = { name: 'phantoms', base: 'benchmarks/phantoms/', questions: 'data/dataset.json' } as const;
let reading: Promise<StoredBenchmark> | null = null;
let builtinId = $state<string | null>(null);

/** The built-in benchmark, kept like any other: read on first need. A failure is not kept. */
export function builtinBenchmark(): Promise<StoredBenchmark> {
  reading ??= readBuiltin().catch((e: unknown) => {
    reading = null;
    throw e;
  });
  return reading;
}

async function readBuiltin(): Promise<StoredBenchmark> {
  const files = await servedFiles(BUILTIN.base);
  const sha256 = files.find((f) => f.path === BUILTIN.questions)?.sha256;
  const all = await listBenchmarks(await library.opened());
  const there = all.find((b) => b.benchmark.name === BUILTIN.name && b.benchmark.sha256 === sha256);
  // One that was kept before marks shipped gains them.
  const kept = there?.benchmark.marks ? there : await keep(BUILTIN.name, files, {});
  builtinId = kept.id;
  return kept;
}

/** Whether a kept benchmark is the built-in one. */
export function isBuiltin(b: StoredBenchmark): boolean {
  return b.id === builtinId;
}

/** The benchmark behind a run; null when it is not kept (any more). */
export async function benchmarkOf(store: Store, run: StoredRun): Promise<Benchmark | null> {
  const id = run.config?.benchmarkId ?? run.benchmarkId;
  return id === null ? null : ((await benchmark(store, id))?.benchmark ?? null);
}
