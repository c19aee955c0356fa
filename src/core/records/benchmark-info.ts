import { isUnreviewed } from '../benchmark/reviewed.ts';
import type { Benchmark } from '../benchmark/types.ts';
import type { RunInfo } from './run-info.ts';

/**
 * What run.json says of the benchmark that a run is about.
 * @param pairs those that the run is about, where it is about some only
 */
export function benchmarkInfo(
  benchmark: Pick<Benchmark, 'name' | 'sha256' | 'pairs'>,
  pairs: Benchmark['pairs'] = benchmark.pairs,
): RunInfo['benchmark'] {
  const images = new Set(pairs.flatMap((p) => p.images.map((i) => i.sha256 ?? i.local ?? i.path)));
  return {
    name: benchmark.name,
    sha256: benchmark.sha256,
    pairs: pairs.length,
    questions: pairs.length * 2,
    images: images.size,
    ...(isUnreviewed(benchmark) ? { reviewed: false as const } : {}),
  };
}
