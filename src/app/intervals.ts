import { spawnBootstrap } from '../bridge/spawn.ts';
import type { WorkerClient } from '../bridge/worker.ts';
import type { Benchmark } from '../core/benchmark/types.ts';
import { orThrow } from '../core/fault.ts';
import type { Interval } from '../core/statistics/comparison.ts';
import { judge, pairAnswers, type RecordIndex } from '../core/statistics/counts.ts';
import { clusters, components, type Cluster } from '../core/statistics/interval.ts';
import { round2 } from '../core/statistics/rounding.ts';
import type { BootstrapApi } from '../protocol/bootstrap.ts';

/** The page's one thread for resampling; started on first use, and again should it have died. */
function createBootstrap(): (question: readonly Cluster[]) => Promise<Interval> {
  let client: WorkerClient<BootstrapApi> | null = null;
  return async (question) => {
    if (!client?.alive) client = spawnBootstrap();
    return orThrow(await client.call((api) => api.interval(question)));
  };
}

const bootstrap = createBootstrap();

/** As `setAccuracyInterval` of core/statistics, off the page's thread: percent; null where no pair is scored. */
export async function intervalOfSet(
  benchmark: Pick<Benchmark, 'pairs'>,
  index: RecordIndex,
  method: string,
): Promise<Interval | null> {
  const answers = pairAnswers(benchmark, index, method);
  if (answers.length === 0) return null;
  const parts = components(answers.map((a) => a.pair));
  const sets = answers.map((a) => judge(a).set);
  const { low, high } = await bootstrap(clusters(parts, sets));
  return { low: round2(low * 100), high: round2(high * 100) };
}
