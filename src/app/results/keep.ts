import type { Benchmark, PairImage } from '../../core/benchmark/types.ts';
import type { OfficialRun } from '../../core/exchange/import-files.ts';
import { fault, FaultError } from '../../core/fault.ts';
import { PUBLISHED_READING } from '../../core/methods/reading.ts';
import type { StoredBenchmark } from '../../store/benchmark-rows.ts';
import { listBenchmarks, putBenchmark } from '../../store/benchmarks.ts';
import type { Store } from '../../store/db.ts';
import type { StoredRun } from '../../store/rows.ts';
import { saveImportedRun } from '../../store/runs.ts';
import { newId } from '../new-run.ts';
import { readFolder, type Results } from './folder.ts';
import { officialRuns, type OfficialChoice } from './official.ts';
import { readResultsAnew } from './reread.ts';
import { readZip } from './zip.ts';

/**
 * Keeps a zip with results in it (an export of a run's page, a packed results folder, a bundle) as a run, to be looked at and compared.
 * @param name of the file
 * @throws FaultError 'unreadable' when it is none, 'not-found' when what it answers is not known
 */
export async function keepZip(store: Store, name: string, bytes: Uint8Array): Promise<StoredRun> {
  const texts = await readZip(name, bytes);
  return keepResults(
    store,
    readFolder(name, (file) => texts.get(file) ?? null),
  );
}

/** Keeps results as a run, with the benchmark that they answer: the kept one where it is here, else its questions without images. */
async function keepResults(store: Store, results: Results): Promise<StoredRun> {
  const benchmark = await benchmarkFor(store, results);
  const { info, records } = readResultsAnew(results, benchmark.benchmark, PUBLISHED_READING);
  return saveImportedRun(store, newId(), info, records, benchmark.id);
}

async function benchmarkFor(store: Store, { name, benchmark, info }: Results): Promise<StoredBenchmark> {
  const kept = await listBenchmarks(store);
  const same = kept.filter((b) => b.benchmark.sha256 === info.benchmark.sha256);
  const found = same.find(
    (b) => b.benchmark.pairs.length === info.benchmark.pairs && sameImages(b.benchmark, benchmark),
  );
  if (found) return found;
  if (benchmark === null)
    throw new FaultError(
      fault(
        'not-found',
        `${name} does not hold the questions of ${info.benchmark.name}, and that benchmark is not on this page. Bring it first, then the results.`,
      ),
    );
  return putBenchmark(store, questionsOnly(benchmark), new Map());
}

/** Whether all pairs show the images that the results were made with. */
function sameImages(kept: Benchmark, asked: Benchmark | null): boolean {
  if (asked === null) return true;
  const images = new Map(kept.pairs.map((p) => [p.id, p.images.map((i) => i.sha256)]));
  return asked.pairs.every((p) => p.images.every((image, i) => images.get(p.id)?.[i] === image.sha256));
}

/** A benchmark to score by, its images not here. Its name says which pairs it holds, which keeps it apart from the whole and from other shards. */
function questionsOnly(benchmark: Benchmark): Benchmark {
  const { part, pairs } = benchmark;
  const [first, last] = [pairs[0]?.id ?? '', pairs.at(-1)?.id ?? ''];
  const share = part ? `${pairs.length} of ${part.of} pairs, ${first} to ${last}` : `${pairs.length} pairs`;
  const name = `${benchmark.name} (${share}, without images)`;
  const without = (image: PairImage): PairImage => ({ ...image, sha256: null });
  return {
    ...benchmark,
    name,
    pairs: pairs.map((p) => ({ ...p, images: [without(p.images[0]), without(p.images[1])] })),
  };
}

/**
 * Keeps official result files of one or several models as runs.
 * @returns the ids of the runs
 * @throws FaultError 'unreadable' where files have errors that nobody agreed to leave out
 */
export async function keepOfficial(
  store: Store,
  runs: readonly OfficialRun[],
  against: StoredBenchmark,
  { acceptPartial }: Pick<OfficialChoice, 'acceptPartial'>,
): Promise<readonly string[]> {
  const read = { runs, faults: [] }; // what cannot be read at all was told, and is not among the runs
  const kept: string[] = [];
  for (const { info, records } of officialRuns(read, against.benchmark, { acceptPartial })) {
    const id = newId();
    await saveImportedRun(store, id, info, records, against.id);
    kept.push(id);
  }
  return kept;
}
