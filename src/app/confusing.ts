import type { Benchmark } from '../core/benchmark/types.ts';
import { fault, FaultError } from '../core/fault.ts';
import type { Draft } from '../core/drafting/draft.ts';
import { confusionRank } from '../core/review/confusion.ts';
import { benchmark } from '../store/benchmarks.ts';
import type { Store } from '../store/db.ts';
import { recordsOf } from '../store/records.ts';
import type { StoredRun } from '../store/rows.ts';
import { listRuns, run as storedRun } from '../store/runs.ts';

type Imaged = Pick<Draft, 'sha256'>;
const keyOf = (one: string | null, two: string | null): string => `${one ?? ''} ${two ?? ''}`;

async function benchmarkOf(store: Store, run: StoredRun): Promise<Benchmark | null> {
  return run.benchmarkId === null ? null : ((await benchmark(store, run.benchmarkId))?.benchmark ?? null);
}

/** Runs of models on benchmarks with pairs of these drafts, known by their images: what can order a review. The newest first. */
export async function rankingRuns(store: Store, drafts: readonly Imaged[]): Promise<readonly StoredRun[]> {
  const wanted = new Set(drafts.map(({ sha256 }) => keyOf(...sha256)));
  const known = new Map<string | null, boolean>();
  const found: StoredRun[] = [];
  for (const run of await listRuns(store)) {
    if (run.info === null) continue;
    if (!known.has(run.benchmarkId)) {
      const pairs = (await benchmarkOf(store, run))?.pairs ?? [];
      known.set(
        run.benchmarkId,
        pairs.some(({ images: [one, two] }) => wanted.has(keyOf(one.sha256, two.sha256))),
      );
    }
    if (known.get(run.benchmarkId)) found.push(run);
  }
  return found;
}

/**
 * Drafts in the order in which they confuse a run; those that it was not asked stand behind, in their own order.
 * @throws FaultError 'not-found' where the run or its benchmark is gone
 */
export async function confusedFirst<D extends Imaged>(
  store: Store,
  id: string,
  drafts: readonly D[],
): Promise<readonly D[]> {
  const run = await storedRun(store, id);
  const asked = run && (await benchmarkOf(store, run));
  if (!asked) throw new FaultError(fault('not-found', 'This run or its benchmark is no longer kept on this device.'));
  const pairs = new Map(asked.pairs.map(({ id: pair, images: [one, two] }) => [pair, keyOf(one.sha256, two.sha256)]));
  const rank = confusionRank(asked.pairs, [await recordsOf(store, id)]).filter((c) => c.asked > 0);
  const places = new Map<string, number>();
  rank.forEach((c, i) => {
    const key = pairs.get(c.pair);
    if (key !== undefined && !places.has(key)) places.set(key, i);
  });
  const place = ({ sha256 }: D): number => places.get(keyOf(...sha256)) ?? rank.length;
  return [...drafts].sort((a, b) => place(a) - place(b));
}
