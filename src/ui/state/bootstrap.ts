import { clusters, components, type Cluster } from '../../core/metrics/interval.ts';
import { indexRecords, judge, pairAnswers } from '../../core/metrics/counts.ts';
import { round2 } from '../../core/metrics/rounding.ts';
import type { Interval } from '../../core/metrics/statistics.ts';
import type { Benchmark } from '../../core/benchmark/types.ts';
import type { ResultRecord } from '../../core/scoring/record.ts';
import type { BootstrapQuestion } from './bootstrap.worker.ts';

interface Answer extends Interval {
  readonly id: number;
}

/** The page's one thread for resampling; started on first use, and again should it have died. */
function createBootstrap() {
  let worker: Worker | null = null;
  let next = 0;
  const waiting = new Map<number, { resolve: (i: Interval) => void; reject: (e: Error) => void }>();

  function start(): Worker {
    const made = new Worker(new URL('./bootstrap.worker.ts', import.meta.url), { type: 'module', name: 'bootstrap' });
    made.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
      waiting.get(data.id)?.resolve(data);
      waiting.delete(data.id);
    });
    made.addEventListener('error', () => {
      for (const w of waiting.values()) w.reject(new Error('The interval could not be computed.'));
      waiting.clear();
      worker = null;
    });
    return made;
  }
  return (question: readonly Cluster[]): Promise<Interval> =>
    new Promise((resolve, reject) => {
      const id = next++;
      waiting.set(id, { resolve, reject });
      worker ??= start();
      worker.postMessage({ id, clusters: question } satisfies BootstrapQuestion);
    });
}

const bootstrap = createBootstrap();

/** As core/metrics `setInterval`, off the page's thread: percent; null where no pair is scored. */
export async function intervalOfSet(
  benchmark: Pick<Benchmark, 'pairs'>,
  records: readonly ResultRecord[],
  method: string,
): Promise<Interval | null> {
  const answers = pairAnswers(benchmark, indexRecords(records), method);
  if (answers.length === 0) return null;
  const parts = components(answers.map((a) => a.pair));
  const sets = answers.map((a) => judge(a).set);
  const { low, high } = await bootstrap(clusters(parts, sets));
  return { low: round2(low * 100), high: round2(high * 100) };
}
